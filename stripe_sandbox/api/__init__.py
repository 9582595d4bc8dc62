"""One API call: its parameters, faults and idempotency key, its answer."""
