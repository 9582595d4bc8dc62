"""What listens: to teams and users, to Stripe's events, to our own rows; and what the calendar brings."""
