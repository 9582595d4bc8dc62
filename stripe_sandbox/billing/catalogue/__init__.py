"""What is sold: products, and prices of every shape."""
