"""A shop that sells by Checkout, in few words, for the API's tests."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from stripe_sandbox.world import World

KEY = "sk_test_" + "0123456789abcdefghijklmn"
DAY = 86400
RENEWALS_FAIL = "4000000000000341"


class Shop:
    def __init__(self, api: Any, world: World) -> None:
        self.api, self.world = api, world

    def price(self, lookup_key: str) -> str:
        return self.api.prices.list({"lookup_keys": [lookup_key]}).data[0].id

    def customer(self, **params: Any) -> Any:
        return self.api.customers.create({"email": "ada@example.com", "name": "Ada", **params})

    def customer_with_card(self, card: str = "pm_card_visa", **params: Any) -> Any:
        default = {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
        return self.customer(**default, **params)

    def session(self, lookup_key: str = "pro-month", quantity: int = 3, **params: Any) -> Any:
        given = {
            "mode": "subscription",
            "line_items": [{"price": self.price(lookup_key), "quantity": quantity}],
            "success_url": "https://shop.example/done?id={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/",
        }
        if "customer" not in params and "customer_email" not in params:
            given["customer"] = self.customer().id
        return self.api.checkout.sessions.create(given | params)

    def buy(
        self, lookup_key: str = "pro-month", quantity: int = 3, card: str = "4242424242424242", **params: Any
    ) -> Any:
        """Through Checkout to the subscription."""
        session = self.session(lookup_key, quantity, **params)
        self.world.complete_checkout(session.id, card)
        return self.subscription(self.api.checkout.sessions.retrieve(session.id).subscription)

    def subscription(self, subscription_id: str) -> Any:
        return self.api.subscriptions.retrieve(subscription_id)

    def seats(self, subscription: Any, quantity: int, **params: Any) -> Any:
        item = subscription["items"].data[0].id
        return self.api.subscriptions.update(
            subscription.id, {"items": [{"id": item, "quantity": quantity}], **params}
        )

    def invoices(self, subscription: Any) -> list[Any]:
        return self.api.invoices.list({"subscription": subscription.id}).data

    def wait(self, days: float) -> None:
        self.world.advance(int(days * DAY))

    def events(self) -> list[str]:
        """Types, oldest first."""
        return [event.type for event in reversed(self.api.events.list({"limit": 100}).data)]


class Control:
    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)

    def __call__(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port)
        connection.request(method, f"/_sandbox/{path}", json.dumps(body) if body else None)
        answer = connection.getresponse()
        found = answer.status, json.loads(answer.read())
        connection.close()
        return found


def eventually(check: Callable[[], Any], seconds: float = 5) -> Any:
    """The first true answer; deliveries run beside the test."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    return check()


def refusal(call: Callable[..., Any], *arguments: Any) -> tuple[int, str | None, str | None]:
    """How the sandbox says no: status, code and parameter."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value.http_status, caught.value.code, caught.value.param


def refused(call: Callable[..., Any], *arguments: Any) -> tuple[int, str | None]:
    """Status and parameter."""
    status, _, param = refusal(call, *arguments)
    return status, param
