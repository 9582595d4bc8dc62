"""What the dashboard lists: events with their deliveries, objects by kind, the log of requests."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.hosted.pages import words
from stripe_sandbox.world import World

KINDS = {
    "customer": "Customers",
    "subscription": "Subscriptions",
    "invoice": "Invoices",
    "product": "Products",
    "price": "Prices",
    "payment_method": "Payment methods",
    "checkout.session": "Checkout sessions",
    "billing_portal.session": "Portal sessions",
    "billing_portal.configuration": "Portal configurations",
    "webhook_endpoint": "Webhook endpoints",
    "test_helpers.test_clock": "Test clocks",
    "event": "Events",
    "account": "Account",
}
DELIVERY = "sandbox.delivery"


def events(world: World, limit: int) -> list[dict[str, Any]]:
    """The newest events, each with its deliveries. Call with the lock held."""
    newest = world.all("event")[-limit:][::-1]
    wanted: dict[str, list[dict[str, Any]]] = {event["id"]: [] for event in newest}
    for delivery in world.all(DELIVERY):
        if delivery["event"] in wanted:
            wanted[delivery["event"]].append(delivery)
    return [_event(event, wanted[event["id"]]) for event in newest]


def _event(event: dict[str, Any], deliveries: list[dict[str, Any]]) -> dict[str, Any]:
    about = event["data"]["object"]
    return {
        "event": event,
        "about": about.get("id", ""),
        "words": _words(about),
        "deliveries": [delivery | {"tick": tick(delivery)} for delivery in deliveries],
    }


def tick(delivery: dict[str, Any]) -> dict[str, str]:
    """How a delivery stands: a tone, a sign and words."""
    attempts = delivery["attempts"]
    status = attempts[-1]["status"] if attempts else None
    if delivery["state"] == "delivered":
        return {"tone": "good", "sign": "✓", "words": str(status)}
    if delivery["state"] == "failed" or attempts:
        again = ", will retry" if delivery["state"] == "waiting" else ""
        return {"tone": "bad", "sign": "✕", "words": f"{status or 'no answer'}{again}"}
    return {"tone": "warn" if delivery["state"] == "held" else "", "sign": "", "words": delivery["state"]}


def deliveries(world: World, limit: int) -> list[dict[str, Any]]:
    """The newest attempts, newest first. Call with the lock held."""
    return list(world.courier.log)[-limit:][::-1]


def requests(world: World, limit: int) -> list[dict[str, Any]]:
    return list(world.requests.entries)[-limit:][::-1]


def counts(world: World) -> list[tuple[str, str, int]]:
    """Kind, its name and how many there are. Call with the lock held."""
    return [(kind, name, len(world.all(kind))) for kind, name in KINDS.items()]


def objects(world: World, kind: str, limit: int) -> list[dict[str, Any]]:
    """The newest objects of a kind. Call with the lock held."""
    return [_row(obj) for obj in world.all(kind)[-limit:][::-1]]


def _row(obj: dict[str, Any]) -> dict[str, Any]:
    return {"id": obj["id"], "words": _words(obj), "created": obj.get("created"), "links": _links(obj)}


def _links(obj: dict[str, Any]) -> list[tuple[str, str]]:
    """Where a person can open this object."""
    pages = {"checkout.session": "/checkout/", "billing_portal.session": "/portal/", "invoice": "/invoice/"}
    base = pages.get(obj["object"])
    return [("Open page", base + obj["id"])] if base else []


def _words(obj: dict[str, Any]) -> str:
    """A line that tells objects of a kind apart."""
    kind, parts = obj.get("object"), []
    if kind == "price":
        unit = words.unit_amount(obj)
        amount = words.money(unit, obj["currency"]) if unit is not None else "tiered"
        parts = [obj.get("lookup_key"), amount, words.per_interval(obj.get("recurring"))]
    elif kind == "invoice":
        parts = [obj.get("number"), words.money(obj.get("total"), obj["currency"]), obj.get("status")]
    elif kind == "event":
        parts = [obj.get("type")]
    elif kind == "webhook_endpoint":
        parts = [obj.get("url"), obj.get("status")]
    elif kind == "payment_method":
        parts = [words.card_words(obj)]
    else:
        parts = [obj.get("name"), obj.get("email"), obj.get("status")]
    return ", ".join(str(part) for part in parts if part)
