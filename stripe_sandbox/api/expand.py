"""`expand[]`: ids become objects, and what is left out by default is added."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.rendering import copy, first_page, render

MAX_DEPTH = 4
EXPANDABLE: dict[str, list[str]] = json.loads((Path(__file__).parent / "expandable.json").read_text())


Make = Callable[[Any, dict[str, Any]], Any]


def left_out(kind: str, name: str) -> Callable[[Make], Make]:
    """Registers what `expand` adds to objects of a kind under this name."""

    def register(make: Make) -> Make:
        LEFT_OUT[kind, name] = make
        return make

    return register


def expand(world: Any, shown: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    for path in paths:
        parts = path.split(".")
        if len([part for part in parts if part != "data"]) > MAX_DEPTH:
            raise InvalidRequest(f"You cannot expand more than {MAX_DEPTH} levels: {path}", param="expand")
        walk(world, shown, parts, path)
    return shown


def walk(world: Any, node: Any, parts: list[str], path: str) -> None:
    if isinstance(node, list):
        for item in node:
            walk(world, item, parts, path)
        return
    if not parts or not isinstance(node, dict):
        return
    name, rest = parts[0], parts[1:]
    if name not in EXPANDABLE.get(kind_of(node), [name]):
        raise cannot_expand(path)
    if name not in node:
        add_left_out(world, node, name, path)
    elif isinstance(node[name], str):
        node[name] = resolve(world, node[name], path)
    elif isinstance(node[name], list):
        node[name] = [resolve(world, part, path) if isinstance(part, str) else part for part in node[name]]
    walk(world, node.get(name), rest, path)


def kind_of(node: dict[str, Any]) -> str:
    """Empty for a part of an object; an event's `data` keeps a whole object under that name."""
    kind = node.get("object", "")
    return kind if isinstance(kind, str) else ""


def resolve(world: Any, value: str, path: str) -> dict[str, Any]:
    obj = world.get(value)
    if obj is None:
        raise cannot_expand(path)
    return render(world, obj)


class Part(dict[str, Any]):
    """A part of an object that leaves something out itself; `rest` is what `expand` adds to it."""

    def __init__(self, shown: dict[str, Any], rest: dict[str, Any]) -> None:
        super().__init__(shown)
        self.rest = rest


def add_left_out(world: Any, node: dict[str, Any], name: str, path: str) -> None:
    if isinstance(node, Part):
        node.update({key: value for key, value in node.rest.items() if key == name})
        return
    make = LEFT_OUT.get((kind_of(node), name))
    if make is None:
        raise cannot_expand(path)
    obj = world.get(node["id"])
    if obj is not None and not (name == "tiers" and obj["billing_scheme"] != "tiered"):
        node[name] = make(world, obj)


def cannot_expand(path: str) -> InvalidRequest:
    return InvalidRequest(f"This property cannot be expanded ({path}).", param="expand")


def line_items(world: Any, session: dict[str, Any]) -> dict[str, Any]:
    items = copy(session["_line_items"])
    for item in items:
        price = world.get(item["price"])
        item["price"] = render(world, price) if price else None
    return first_page(items, f"/v1/checkout/sessions/{session['id']}/line_items")


def subscriptions(world: Any, customer: dict[str, Any]) -> dict[str, Any]:
    found = world.where("subscription", customer=customer["id"])
    live = [
        render(world, sub)
        for sub in reversed(found)
        if sub["status"] not in ("canceled", "incomplete_expired")
    ]
    return first_page(live, f"/v1/customers/{customer['id']}/subscriptions")


def currency_options(world: Any, price: dict[str, Any]) -> dict[str, Any]:
    """Tiers are left out of each currency, too, until `currency_options.eur.tiers` is expanded."""
    options = copy(price.get("currency_options") or {})
    return {
        currency: Part(
            {key: value for key, value in option.items() if key != "tiers"},
            {"tiers": option["tiers"]} if "tiers" in option else {},
        )
        for currency, option in options.items()
    }


def empty_list(name: str) -> Any:
    return lambda world, obj: first_page([], f"/v1/customers/{obj['id']}/{name}")


def tax_ids(world: Any, customer: dict[str, Any]) -> dict[str, Any]:
    found = [render(world, tax_id) for tax_id in reversed(world.where("tax_id", customer=customer["id"]))]
    return first_page(found, f"/v1/customers/{customer['id']}/tax_ids")


def invoice_payments(world: Any, invoice: dict[str, Any]) -> dict[str, Any]:
    found = [render(world, payment) for payment in world.where("invoice_payment", invoice=invoice["id"])]
    return first_page(found, f"/v1/invoice_payments?invoice={invoice['id']}")


def confirmation_secret(world: Any, invoice: dict[str, Any]) -> dict[str, Any] | None:
    intents = [
        world.get(p["payment"]["payment_intent"])
        for p in world.where("invoice_payment", invoice=invoice["id"])
    ]
    return {"client_secret": intents[-1]["client_secret"], "type": "payment_intent"} if intents else None


LEFT_OUT: dict[tuple[str, str], Make] = {
    ("checkout.session", "line_items"): line_items,
    ("customer", "subscriptions"): subscriptions,
    ("customer", "sources"): empty_list("sources"),
    ("customer", "tax_ids"): tax_ids,
    ("customer", "cash_balance"): lambda world, obj: None,
    ("invoice", "payments"): invoice_payments,
    ("invoice", "confirmation_secret"): confirmation_secret,
    ("price", "tiers"): lambda world, obj: copy(obj.get("tiers")),
    ("price", "currency_options"): currency_options,
    ("coupon", "applies_to"): lambda world, obj: copy(obj.get("applies_to")) or {"products": []},
    ("coupon", "currency_options"): lambda world, obj: copy(obj.get("currency_options") or {}),
    ("charge", "refunds"): lambda world, obj: first_page(
        [render(world, refund) for refund in world.where("refund", charge=obj["id"])],
        f"/v1/charges/{obj['id']}/refunds",
    ),
}
