"""What Stripe has: read by its API, made to misbehave by the sandbox's control API."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

KEY = "sk_test_" + 24 * "0"
Json = dict[str, Any]


class StripeAccount:
    def __init__(self, address: str) -> None:
        self.address = address

    def subscription_of(self, email: str) -> Json:
        """The only subscription, whatever its status, of the only customer with this address."""
        (customer,) = self.list("customers", email=email)
        (subscription,) = self.list("subscriptions", customer=customer["id"], status="all")
        return subscription

    def seats_of(self, email: str) -> int:
        (item,) = self.subscription_of(email)["items"]["data"]
        return int(item["quantity"])

    def end_of(self, email: str) -> int | None:
        """When it ends, in seconds since 1970, if it was cancelled; Stripe says so in one of two ways."""
        subscription = self.subscription_of(email)
        if subscription["cancel_at_period_end"]:
            return int(subscription["items"]["data"][0]["current_period_end"])
        return subscription["cancel_at"]

    def has_subscription(self, email: str) -> bool:
        customers = self.list("customers", email=email)
        return any(self.list("subscriptions", customer=one["id"], status="all") for one in customers)

    def list(self, kind: str, **filters: str) -> list[Json]:
        return list(self._ask("GET", f"/v1/{kind}?{urllib.parse.urlencode(filters)}")["data"])

    def hold_webhooks(self) -> None:
        self.control("POST", "delivery", {"mode": "hold"})

    def held_webhooks(self) -> int:
        return int(self.control("GET", "deliveries")["held"])

    def release_webhooks(self, **how: Any) -> None:
        self.control("POST", "delivery/release", how)

    def complete(self, checkout_page: str, card: str = "4242424242424242") -> None:
        """The customer pays and closes the window instead of coming back."""
        session = checkout_page.split("/checkout/")[1].partition("?")[0]
        self.control("POST", f"checkout/{session}/complete", {"card": card})

    def break_down(self, path: str, **how: Any) -> None:
        """Until `behave`, every call of this path fails."""
        self.control("POST", "faults", {"match": {"path": path}, "times": None, **how})

    def behave(self) -> None:
        self.control("DELETE", "faults")
        self.control("POST", "delivery", {"mode": "immediate"})
        self.release_webhooks()

    def control(self, method: str, path: str, body: Json | None = None) -> Json:
        return self._ask(method, f"/_sandbox/{path}", body)

    def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        # `make contract` reads what is asked here as well
        headers["Stripe-Version"] = "2026-08-26.dahlia"
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return dict(json.load(answer))


def eventually(look: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Webhooks and tasks take their time. Fails with `what` when it has not come true in time."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.1)
