"""Checkout sessions: what they ask, cost and lead to."""
