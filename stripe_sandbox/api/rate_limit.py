"""So many calls a second for each key, when the account says so."""

from __future__ import annotations

import threading
import time

from stripe_sandbox.errors import InvalidRequest


class TooManyRequests(InvalidRequest):
    """https://docs.stripe.com/rate-limits: the reason is a header; how long to wait is the caller's guess."""

    headers = {"Stripe-Rate-Limited-Reason": "global-rate"}

    def __init__(self, limit: float) -> None:
        message = f"Request rate limit exceeded: this account takes {limit:g} calls a second for each key."
        super().__init__(message, status=429, code="rate_limit")


class RateLimit:
    """A bucket of tokens for each key: full at first, filled up at the rate of the limit by wall time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str, limit: float | None) -> None:
        if not limit:
            return
        with self.lock:
            now = time.monotonic()
            tokens, since = self.buckets.get(key, (limit, now))
            tokens = min(limit, tokens + (now - since) * limit)
            self.buckets[key] = (tokens - 1 if tokens >= 1 else tokens, now)
        if tokens < 1:
            raise TooManyRequests(limit)

    def clear(self) -> None:
        with self.lock:
            self.buckets.clear()
