"""One seller's books in the process, for hundreds of stories: calls without HTTP, time by a test clock."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

from stripe_sandbox import resources
from stripe_sandbox.api.calls import ROUTES, Call
from stripe_sandbox.billing.lifecycle import advance
from stripe_sandbox.tests.shop import DAY
from stripe_sandbox.world import World

resources.load()
BEGIN = 1_767_225_600
"""1 January 2026, 00:00 UTC."""


def examples(count: int) -> settings:
    """So many stories, always the same ones where CI is set."""
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=bool(os.environ.get("CI")),
        suppress_health_check=list(HealthCheck),
    )


class Books:
    world = World()

    def __init__(self, address: dict[str, str] | None = None, **customer: Any) -> None:
        self.world.reset("empty")
        clock = {"frozen_time": BEGIN}
        self.clock = self.call("POST /v1/test_helpers/test_clocks", clock)["id"]
        given = {"test_clock": self.clock, "payment_method": "pm_card_visa", **customer}
        if address:
            given["address"] = address
        given["invoice_settings"] = {"default_payment_method": "pm_card_visa"}
        self.customer = self.call("POST /v1/customers", given)["id"]
        self.product = self.call("POST /v1/products", {"name": "Seats"})["id"]

    def call(self, operation: str, params: dict[str, Any] | None = None, **path: str) -> Any:
        """As the API answers it. Parameters come as they are: other tests are about how they are read."""
        with self.world:
            done = ROUTES[operation](Call(self.world, dict(params or {}), operation, path), **path)
            if "_finished" in done:
                return done["_finished"]
            return done if done["object"] == "list" else self.world.render(done)

    def price(self, **params: Any) -> str:
        given = {"product": self.product, "recurring": {"interval": "month"}, "currency": "usd", **params}
        return str(self.call("POST /v1/prices", given)["id"])

    def coupon(self, **params: Any) -> str:
        return str(self.call("POST /v1/coupons", params)["id"])

    def subscribe(self, items: list[dict[str, Any]], **params: Any) -> dict[str, Any]:
        given = {"customer": self.customer, "items": items, **params}
        return self.call("POST /v1/subscriptions", given)

    def change(self, subscription: dict[str, Any], **params: Any) -> dict[str, Any]:
        path = {"subscription_exposed_id": subscription["id"]}
        return self.call("POST /v1/subscriptions/{subscription_exposed_id}", params, **path)

    def preview(self, **params: Any) -> dict[str, Any]:
        return self.call("POST /v1/invoices/create_preview", params)

    def wait_until(self, moment: int) -> None:
        if moment > self.now():
            advance(self.world, moment, self.clock)

    def wait(self, seconds: int) -> None:
        self.wait_until(self.now() + seconds)

    def now(self) -> int:
        return self.world.now(self.customer)

    def invoices(self) -> list[dict[str, Any]]:
        """Oldest first, whole."""
        return [dict(invoice) for invoice in self.world.where("invoice", customer=self.customer)]

    def balance(self) -> int:
        return int(self.world.find("customer", self.customer)["balance"])

    def run_over(self, subscription: dict[str, Any]) -> None:
        """To the day after the present period, when its renewal is paid."""
        present = self.world.find("subscription", subscription["id"])
        self.wait_until(present["items"]["data"][0]["current_period_end"] + DAY)
