"""The customer's plans in the Portal, and what they may be changed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.currencies import in_currency, offered, shown_in
from stripe_sandbox.billing.amounts.periods import period_of
from stripe_sandbox.billing.invoices.invoice_lines import price_of
from stripe_sandbox.billing.schedules.schedules import next_phase
from stripe_sandbox.billing.subscriptions.subscribing import LIVE

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def live(world: World, customer: dict[str, Any]) -> list[dict[str, Any]]:
    found = world.where("subscription", customer=customer["id"])
    return [sub for sub in reversed(found) if sub["status"] in LIVE]


def default_card(customer: dict[str, Any], plans: list[dict[str, Any]]) -> str | None:
    """What the next renewal charges: the subscription's own card comes first."""
    own = [entry["subscription"]["default_payment_method"] for entry in plans]
    default: str | None = customer["invoice_settings"]["default_payment_method"]
    return next((card for card in own if card), default)


def plan(world: World, sub: dict[str, Any], features: dict[str, Any]) -> dict[str, Any]:
    item = sub["items"]["data"][0]
    price = price_of(world, item)
    shown = world.render(sub)
    ends_at = sub["cancel_at"]
    return {
        "subscription": shown,
        "item": shown["items"]["data"][0],
        "price": shown_in(world, price, sub["currency"]),
        "product": world.render(world.find("product", price["product"])),
        "quantity": item.get("quantity"),
        "amount": money.amount(price, item.get("quantity") or 0),
        "currency": sub["currency"],
        "interval": price["recurring"]["interval"],
        "status": sub["status"],
        "renews_at": None if ends_at else period_of(sub)[1],
        "ends_at": ends_at,
        "trial_end": sub["trial_end"] if sub["status"] == "trialing" else None,
        "can_cancel": features["subscription_cancel"]["enabled"] and not ends_at,
        "can_resume": bool(ends_at),
        "can_update": can_update(sub, features),
        "seats": seats(features, price["product"]),
        "scheduled": scheduled(world, sub),
    }


def scheduled(world: World, sub: dict[str, Any]) -> dict[str, Any] | None:
    """The plan that a schedule puts in this one's place, and when."""
    schedule = world.get(sub["schedule"] or "")
    phase = next_phase(schedule) if schedule and schedule["status"] == "active" else None
    if phase is None:
        return None
    item = phase["items"][0]
    price = in_currency(world.find("price", item["price"]), sub["currency"])
    return {
        "price": shown_in(world, price, sub["currency"]),
        "product": world.render(world.find("product", price["product"])),
        "quantity": item.get("quantity"),
        "amount": money.amount(price, item.get("quantity") or 0),
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "at": phase["start_date"],
    }


def seats(features: dict[str, Any], product_id: str) -> dict[str, Any] | None:
    """How the configuration lets the quantity of this product be changed, if it does."""
    update = features["subscription_update"]
    if not update["enabled"] or "quantity" not in update["default_allowed_updates"]:
        return None
    for entry in update.get("products") or []:
        adjustable = entry.get("adjustable_quantity") or {}
        if entry["product"] == product_id and adjustable.get("enabled"):
            return {"minimum": adjustable.get("minimum", 1), "maximum": adjustable.get("maximum")}
    return None


def can_update(sub: dict[str, Any], features: dict[str, Any]) -> bool:
    update = features["subscription_update"]
    single = len(sub["items"]["data"]) == 1
    allowed = {"price", "quantity"} & set(update["default_allowed_updates"])
    return bool(update["enabled"] and allowed and single and not sub["cancel_at"])


def choices(world: World, features: dict[str, Any], plans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    current = plans[0] if plans else None
    found = []
    for entry in features["subscription_update"].get("products") or []:
        for price_id in entry["prices"]:
            price = world.get(price_id)
            if price and price["active"] and (not current or current["currency"] in offered(price)):
                found.append(choice(world, price, current))
    return found


def choice(world: World, price: dict[str, Any], current: dict[str, Any] | None) -> dict[str, Any]:
    price = in_currency(price, current["currency"] if current else None)
    return {
        "price": shown_in(world, price, price["currency"], tiers=bool(price.get("tiers"))),
        "product": world.render(world.find("product", price["product"])),
        "amount": money.amount(price, (current["quantity"] if current else 1) or 1),
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "current": bool(current and current["price"]["id"] == price["id"]),
    }
