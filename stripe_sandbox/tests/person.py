"""A person at the hosted pages, and the shop that sends them there; both in this process, by HTTP."""

from __future__ import annotations

import base64
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import Client, TestResponse

from stripe_sandbox.server import create_app
from stripe_sandbox.tests.shop import KEY
from stripe_sandbox.world import World

HOST = "http://127.0.0.1:12111"
CARD = {"card": "4242 4242 4242 4242", "exp": "12 / 34", "cvc": "123", "name": "Ada Lovelace"}
VOID = {"input", "link", "meta", "br", "img"}


class Page(HTMLParser):
    """Text and attributes by `data-testid`."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.response, self.status = response, response.status_code
        self.text_by_id: dict[str, list[str]] = {}
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.fields: dict[str, str] = {}
        self.words: list[str] = []
        self._open: list[str | None] = []
        self.feed(response.get_data(as_text=True))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        testid = known.get("data-testid")
        if testid:
            self.attributes.setdefault(testid, known)
            self.text_by_id.setdefault(testid, []).append("")
        if tag == "input" and known.get("name"):
            self.fields[str(known["name"])] = known.get("value") or ""
        if tag not in VOID:
            self._open.append(testid)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        for testid in self._open:
            if testid:
                self.text_by_id[testid][-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def has(self, testid: str) -> bool:
        return testid in self.attributes

    def says(self, testid: str) -> str:
        return " ".join(self.text_by_id[testid][0].split())

    def value(self, testid: str) -> str | None:
        return self.attributes[testid].get("data-value")

    def count(self, testid: str) -> int:
        return len(self.text_by_id.get(testid, []))


class Person:
    """Opens pages, follows links and sends forms from the page they stand on."""

    def __init__(self, world: World) -> None:
        self.client = Client(create_app(world))

    def get(self, path: str, **options: Any) -> Page:
        return Page(self.client.get(path, base_url=HOST, **options))

    def post(self, path: str, fields: dict[str, str] | None = None, origin: str | None = HOST) -> Page:
        headers = {"Origin": origin} if origin else {}
        return Page(self.client.post(path, base_url=HOST, data=fields or {}, headers=headers))

    def follow(self, page: Page) -> Page:
        assert page.status == 303, (page.status, page.text)
        target = urlsplit(page.response.location)
        return self.get(target.path + (f"?{target.query}" if target.query else ""))


class Shop:
    """The merchant's server: calls the API with a secret key."""

    def __init__(self, world: World) -> None:
        self.world, self.client = world, Client(create_app(world))
        token = base64.b64encode(f"{KEY}:".encode()).decode()
        self.headers = {"Authorization": f"Basic {token}"}

    def post(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self.client.post(
            f"/v1/{path}", base_url=HOST, headers=self.headers, data=dict(_flat(params))
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self.client.get(
            f"/v1/{path}", base_url=HOST, headers=self.headers, query_string=dict(_flat(params))
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def price(self, lookup_key: str) -> str:
        return self.get("prices", lookup_keys=[lookup_key])["data"][0]["id"]

    def customer(self, **params: Any) -> str:
        return self.post("customers", **({"name": "Demo team", "email": "owner@example.com"} | params))["id"]

    def checkout(self, lookup_key: str = "pro-month", quantity: int = 3, **params: Any) -> dict[str, Any]:
        defaults: dict[str, Any] = {
            "mode": "subscription",
            "success_url": "https://shop.example/confirm/?session_id={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/pricing/",
            "line_items": [{"price": self.price(lookup_key), "quantity": quantity}],
        }
        customer = params.pop("customer", None)
        if customer != "":
            params["customer"] = customer or self.customer()
        return self.post("checkout/sessions", **(defaults | params))

    def subscribed(self, lookup_key: str = "pro-month", quantity: int = 3, **params: Any) -> dict[str, Any]:
        """A subscription bought at Checkout with the card that pays."""
        session = self.checkout(lookup_key, quantity, **params)
        Person(self.world).post(f"/checkout/{session['id']}", CARD)
        return self.subscriptions(session["customer"])[0]

    def subscriptions(self, customer: str) -> list[dict[str, Any]]:
        return self.get("subscriptions", customer=customer, status="all")["data"]

    def portal(self, customer: str, **params: Any) -> dict[str, Any]:
        defaults = {"customer": customer, "return_url": "https://shop.example/subscription/"}
        return self.post("billing_portal/sessions", **(defaults | params))


def _flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Stripe's form encoding: {"a": [{"b": 1}]} -> a[0][b]=1."""
    if isinstance(value, dict):
        pairs = [(f"{name}[{key}]" if name else key, item) for key, item in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{name}[{place}]", item) for place, item in enumerate(value)]
    else:
        return [(name, str(value).lower() if isinstance(value, bool) else str(value))]
    return [flat for key, item in pairs for flat in _flat(item, key)]
