"""Which objects an object names, and which name it: the dashboard's links both ways.

Every function is called with the lock held.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stripe_sandbox.hosted.pages import words
from stripe_sandbox.hosted.pages.kinds import KINDS

if TYPE_CHECKING:
    from stripe_sandbox.world import World

SHOWN = 20
DEEP = (
    "items",
    "lines",
    "parent",
    "payment",
    "promotion",
    "source",
    "phases",
    "recurring",
    "invoice_settings",
)
"""Parts of an object that name others; the rest of an object names them at its top, or not at all."""


def names(world: World, obj: dict[str, Any]) -> list[tuple[str, str]]:
    """(what for, id) of every object that this one names."""
    found: dict[str, str] = {}
    for path, text in texts(obj, deep=True):
        if text != obj["id"] and text not in found and world.get(text) is not None:
            found[text] = words.status_words(path)
    return [(path, text) for text, path in found.items()]


def texts(node: dict[str, Any], deep: bool = False, inside: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if key in ("metadata", "description") or key[0] == "_":
            continue
        if isinstance(value, str):
            if key != "id":
                yield key, value
            elif inside:
                yield ("about" if inside == "object" else inside), value
        elif isinstance(value, dict) and (deep or key in DEEP):
            yield from texts(value, deep, key)
        elif isinstance(value, list):
            yield from listed(value, deep, key)


def listed(values: list[Any], deep: bool, key: str) -> Iterator[tuple[str, str]]:
    for value in values:
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            yield from texts(value, deep, "" if key == "data" else key)


def named_by(world: World, object_id: str) -> list[dict[str, Any]]:
    """The objects that name this one, a group for each kind, the newest first."""
    groups = []
    for kind, title in KINDS.items():
        if kind == "event":
            continue
        rows = [obj for obj in world.all(kind) if obj["id"] != object_id and mentions(obj, object_id)]
        if rows:
            newest = [row(world.render(obj)) for obj in rows[-SHOWN:][::-1]]
            groups.append({"kind": kind, "title": title, "count": len(rows), "rows": newest})
    return groups


def mentions(obj: dict[str, Any], object_id: str) -> bool:
    return any(text == object_id for _, text in texts(obj))


def row(obj: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": obj["id"],
        "words": sentence(obj),
        "status": obj.get("status") or "",
        "created": obj.get("created"),
        "links": pages(obj),
    }


def pages(obj: dict[str, Any]) -> list[tuple[str, str]]:
    """Where a person can open this object."""
    if obj["object"] == "invoice":
        return [("Open page", f"/invoice/{obj['id']}"), ("PDF", f"/invoice/{obj['id']}/pdf")]
    bases = {"checkout.session": "/checkout/", "billing_portal.session": "/portal/"}
    base = bases.get(obj["object"])
    return [("Open page", base + obj["id"])] if base else []


def sentence(obj: dict[str, Any]) -> str:
    """A line that tells objects of a kind apart; the status stands beside it."""
    try:
        parts = PARTS.get(str(obj.get("object")), plain)(obj)
    except (KeyError, TypeError, AttributeError, ArithmeticError):
        parts = plain(obj)  # a test wrote nonsense into it, and its page must show that
    return ", ".join(str(part) for part in parts if part)


def plain(obj: dict[str, Any]) -> list[Any]:
    return [obj.get("name"), obj.get("email"), obj.get("code"), obj.get("value"), obj.get("description")]


def price(obj: dict[str, Any]) -> list[Any]:
    unit = words.unit_amount(obj)
    amount = words.money(unit, obj["currency"]) if unit is not None else "tiered"
    return [obj.get("lookup_key"), amount, words.per_interval(obj.get("recurring"))]


def amount(obj: dict[str, Any]) -> list[Any]:
    value = obj.get("total", obj.get("amount"))
    money = words.money(value, obj["currency"]) if value is not None and obj.get("currency") else None
    return [obj.get("number"), money, obj.get("customer_email"), obj.get("description")]


def subscription(obj: dict[str, Any]) -> list[Any]:
    items = (obj.get("items") or {}).get("data") or []
    counts = [f"{item.get('quantity', 1)} of {label(item.get('price'))}" for item in items]
    return [*counts, "set to end" if obj.get("cancel_at") and not obj.get("ended_at") else None]


def label(found: Any) -> Any:
    return found.get("lookup_key") or found.get("id") if isinstance(found, dict) else found


PARTS = {
    "price": price,
    "subscription": subscription,
    "event": lambda obj: [obj.get("type")],
    "tax_rate": lambda obj: [obj.get("display_name"), f"{obj['percentage']:g}%", obj.get("country")],
    "discount": lambda obj: [(obj.get("source") or {}).get("coupon"), obj.get("customer")],
    "billing_portal.configuration": lambda obj: [obj.get("name"), "default" if obj["is_default"] else None],
    "customer_balance_transaction": lambda obj: [*amount(obj), words.status_words(obj["type"])],
    "invoice_payment": lambda obj: [words.money(obj["amount_requested"], obj["currency"]), obj["invoice"]],
    **dict.fromkeys(
        ("setup_intent", "subscription_schedule", "billing_portal.session"), lambda obj: [obj.get("customer")]
    ),
    "webhook_endpoint": lambda obj: [obj.get("url")],
    "payment_method": lambda obj: [words.card_words(obj), (obj.get("billing_details") or {}).get("name")],
    "coupon": lambda obj: [obj.get("name"), words.coupon(obj)],
    "checkout.session": lambda obj: [*amount({**obj, "total": obj.get("amount_total")}), obj.get("customer")],
    **dict.fromkeys(
        ("invoice", "charge", "payment_intent", "refund", "dispute", "invoiceitem", "balance_transaction"),
        amount,
    ),
}
