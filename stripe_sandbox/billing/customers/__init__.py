"""What a customer owes, is owed, and is known by to the tax office."""
