"""Changes of a subscription that wait for their day."""
