"""Whether what the sandbox answers and what the product asks is what Stripe's published description says."""
