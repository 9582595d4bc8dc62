"""Where a story is told: one customer on a test clock of its own, and Stripe's API.

The same words work at the sandbox and at the real Stripe, which needs time for what the sandbox does at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stripe_sandbox.scenarios.backstage import Backstage
from stripe_sandbox.scenarios.products import FLAT, PREFIX

DAY = 86_400
STRIDE = 28 * DAY
"""Stripe moves a clock by two intervals of the shortest subscription at most; ours are months and years."""
PATIENCE = 180
"""Seconds that Stripe may take for one stride."""


@dataclass
class Stage:
    """`api`: stripe-python's services, `StripeClient(...).v1`. `backstage`: a sandbox's own doors."""

    api: Any
    customer: str
    clock: str
    seats: int = 3
    prefix: str = PREFIX
    backstage: Backstage | None = None
    after_step: Callable[[Stage], None] = lambda stage: None
    _prices: dict[str, str] = field(default_factory=dict)

    @property
    def local(self) -> Backstage:
        """For stories that only the sandbox can tell."""
        if self.backstage is None:
            raise RuntimeError("This story needs the sandbox: a hosted page or its control API.")
        return self.backstage

    @property
    def now(self) -> int:
        return int(self.api.test_helpers.test_clocks.retrieve(self.clock).frozen_time)

    def price(self, key: str) -> str:
        """The id of `pro-month`, `starter-year`, ..."""
        if key not in self._prices:
            found = self.api.prices.list({"lookup_keys": [self.prefix + key]}).data
            if not found:
                raise LookupError(f"No price has the lookup key {self.prefix + key}: call `prepare` first.")
            self._prices[key] = found[0].id
        return self._prices[key]

    def line(self, key: str, quantity: int | None = None) -> dict[str, Any]:
        """A price with its quantity: one of a flat plan, one for each seat of the others."""
        one = key.partition("-")[0] in FLAT
        return {"price": self.price(key), "quantity": quantity or (1 if one else self.seats)}

    def subscribe(self, key: str = "pro-month", quantity: int | None = None, **params: Any) -> Any:
        """Its first payment may fail: then it is incomplete."""
        items = [self.line(key, quantity)]
        return self.api.subscriptions.create({"customer": self.customer, "items": items, **params})

    def change(self, subscription: Any, key: str, quantity: int | None = None, **params: Any) -> Any:
        item = {"id": self.item(subscription).id, **self.line(key, quantity)}
        return self.api.subscriptions.update(subscription.id, {"items": [item], **params})

    def update(self, subscription: Any, **params: Any) -> Any:
        return self.api.subscriptions.update(subscription.id, params)

    def item(self, subscription: Any) -> Any:
        return self.api.subscription_items.list({"subscription": subscription.id}).data[0]

    def use_card(self, token: str) -> Any:
        """From now on this card pays."""
        card = self.api.payment_methods.attach(token, {"customer": self.customer})
        settings = {"default_payment_method": card.id}
        self.api.customers.update(self.customer, {"invoice_settings": settings})
        return card

    def wait(self, days: float) -> None:
        """Let time pass, in strides that Stripe allows."""
        moment = self.now
        target = moment + int(days * DAY)
        while moment < target:
            moment = min(moment + STRIDE, target)
            self.api.test_helpers.test_clocks.advance(self.clock, {"frozen_time": moment})
            self.until(self._is_ready)
        self.after_step(self)

    def wait_until(self, moment: datetime) -> None:
        self.wait((int(moment.timestamp()) - self.now) / DAY)

    def _is_ready(self) -> bool:
        found = self.api.test_helpers.test_clocks.retrieve(self.clock)
        if found.status == "internal_failure":
            raise RuntimeError(f"The test clock {self.clock} failed at Stripe.")
        return bool(found.status == "ready")

    def until(self, check: Callable[[], Any]) -> Any:
        """The first true answer. The sandbox's is the first; Stripe may let one wait."""
        began, pause = time.monotonic(), 0.2
        while not (found := check()):
            if time.monotonic() - began > PATIENCE:
                raise TimeoutError(f"Stripe was not done after {PATIENCE} seconds.")
            time.sleep(pause)
            pause = min(pause * 1.5, 3)
        return found

    def first(self, service: str, **params: Any) -> Any:
        """The newest object of a list, once there is one: `first("charges", customer=...)`."""
        return self.until(lambda: getattr(self.api, service).list(params).data)[0]
