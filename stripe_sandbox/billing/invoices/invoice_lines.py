"""Invoice lines: a period's charge, a trial, a proration waiting for the next invoice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.currencies import in_currency
from stripe_sandbox.billing.invoices.invoice_items import blank_item
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.ids import new_id
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def price_of(world: World, item: dict[str, Any]) -> dict[str, Any]:
    """An item's price in its subscription's currency; a test may have patched a whole price into the item."""
    price = item["price"]
    found = price if isinstance(price, dict) else world.get(price)
    if found is None:
        raise InvalidRequest(f"No such price: '{price}'", code="resource_missing", param="items")
    owner = world.get(item.get("subscription") or "")
    return in_currency(found, owner["currency"]) if owner else found


def name_of(world: World, price: dict[str, Any]) -> str:
    product = world.get(price["product"]) if isinstance(price["product"], str) else None
    return str((product or {}).get("name") or price.get("nickname") or "Product")


def day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d %b %Y")


def is_metered(price: dict[str, Any]) -> bool:
    return (price.get("recurring") or {}).get("usage_type") == "metered"


def period_lines(
    world: World, subscription: dict[str, Any], start: int, end: int, trial: bool = False
) -> list[dict[str, Any]]:
    """What one period in advance costs, all items."""
    return [
        line
        for item in subscription["items"]["data"]
        for line in item_lines(world, subscription, item, start, end, trial)
    ]


def item_lines(
    world: World, subscription: dict[str, Any], item: dict[str, Any], start: int, end: int, trial: bool
) -> list[dict[str, Any]]:
    price = price_of(world, item)
    quantity = item.get("quantity") or 0
    if is_metered(price):
        return [item_line(world, subscription, item, 0, name_of(world, price), 0, (start, end))]
    if trial:
        text = f"Trial period for {name_of(world, price)}"
        return [item_line(world, subscription, item, 0, text, quantity, (start, end), unit="0")]
    return [
        item_line(
            world,
            subscription,
            item,
            charge.amount,
            charge_text(world, price, charge),
            charge.quantity,
            (start, end),
            unit=charge.unit_amount_decimal,
        )
        for charge in money.charges(price, quantity)
    ]


def charge_text(world: World, price: dict[str, Any], charge: money.Charge) -> str:
    recurring = price["recurring"]
    every = (
        recurring["interval"]
        if recurring["interval_count"] == 1
        else f"{recurring['interval_count']} {recurring['interval']}s"
    )
    if charge.unit_amount_decimal is None:
        return f"{name_of(world, price)} ({charge.note})"
    unit = money.display_decimal(charge.unit_amount_decimal, price["currency"])
    tier = f"{charge.note} at " if charge.note else "at "
    return f"{charge.quantity} × {name_of(world, price)} ({tier}{unit} / {every})"


def item_line(
    world: World,
    subscription: dict[str, Any],
    item: dict[str, Any],
    amount: int,
    description: str,
    quantity: int,
    period: tuple[int, int],
    unit: str | None = None,
    proration: bool = False,
    invoice_item: str | None = None,
) -> dict[str, Any]:
    """A subscription item's line. A proration takes no discounts: what was paid is in its amount."""
    price = price_of(world, item)
    details = {
        "invoice_item": invoice_item,
        "proration": proration,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
        "subscription_item": item["id"],
    }
    return new_line(price["currency"], amount, description, quantity, period) | {
        "discountable": not proration,
        "discounts": [] if proration else list(item.get("discounts") or []),
        "metadata": dict(subscription["metadata"]),
        "parent": parent(subscription_item_details=details),
        "pricing": pricing(price, unit),
        "subscription": subscription["id"],
        **tax_notes(price, item.get("tax_rates")),
    }


def new_line(
    currency: str, amount: int, description: str | None, quantity: int, period: tuple[int, int]
) -> dict[str, Any]:
    return {
        "id": new_id("line_item"),
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": description,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"start": period[0], "end": period[1]},
        "pretax_credit_amounts": [],
        "pricing": None,
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "subscription": None,
        "subtotal": amount,
        "taxes": [],
    }


def parent(**details: dict[str, Any]) -> dict[str, Any]:
    """What a line stems from: `subscription_item_details` or `invoice_item_details`."""
    return {
        "invoice_item_details": None,
        "subscription_item_details": None,
        "type": next(iter(details)),
        **details,
    }


def tax_notes(price: dict[str, Any] | None, rates: list[dict[str, Any]] | None) -> dict[str, Any]:
    """The line's own notes for its taxes, since item and price may have gone when it is reckoned again."""
    return {"_tax_behavior": (price or {}).get("tax_behavior"), "_tax_rates": copy(rates or [])}


def pricing(price: dict[str, Any], unit: str | None) -> dict[str, Any]:
    details = {"price": price["id"], "product": price["product"]}
    return {"price_details": details, "type": "price_details", "unit_amount_decimal": unit}


def add_pending(
    world: World,
    subscription: dict[str, Any],
    item: dict[str, Any],
    amount: int,
    description: str,
    quantity: int,
    period: tuple[int, int],
) -> dict[str, Any]:
    """A proration, kept as an invoice item until an invoice takes it."""
    price = price_of(world, item)
    details = {"subscription": subscription["id"], "subscription_item": item["id"]}
    customer = world.find("customer", subscription["customer"])
    span = {"start": period[0], "end": period[1]}
    pending = blank_item(customer, amount, price["currency"], span) | {
        "description": description,
        "discountable": False,
        "parent": {"subscription_details": details, "type": "subscription_details"},
        "pricing": pricing(price, None),
        "proration": True,
        "proration_details": {"discount_amounts": []},
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "tax_rates": copy(item.get("tax_rates") or []),
        "_item": dict(item),
    }
    world.add(pending)
    world.emit("invoiceitem.created", pending)
    return pending


def take_pending(
    world: World,
    customer: dict[str, Any],
    subscription: dict[str, Any] | None,
    invoice_id: str,
    currency: str,
) -> list[dict[str, Any]]:
    """Lines of what was waiting for this subscription's (or, without one, this customer's) next invoice."""
    lines = []
    for pending in world.where("invoiceitem", customer=customer["id"], invoice=None, currency=currency):
        if subscription_named(pending) in (None, subscription["id"] if subscription else None):
            world.update(pending, invoice=invoice_id)
            lines.append(pending_line(world, subscription, pending))
    return lines


def subscription_named(pending: dict[str, Any]) -> str | None:
    """Whose invoice an invoice item waits for; None: any of its customer's."""
    details = (pending.get("parent") or {}).get("subscription_details") or {}
    return details.get("subscription")


def pending_line(
    world: World, subscription: dict[str, Any] | None, pending: dict[str, Any]
) -> dict[str, Any]:
    """The line of an invoice item: a subscription item's proration, or an amount of its own."""
    if subscription and pending.get("_item"):
        return proration_line(world, subscription, pending)
    details = {
        "invoice_item": pending["id"],
        "proration": pending["proration"],
        "proration_details": {"credited_items": None},
        "subscription": subscription_named(pending),
    }
    price = price_in(world, pending["pricing"])
    line = new_line(
        pending["currency"],
        pending["amount"],
        pending["description"],
        pending["quantity"],
        period_in(pending),
    )
    return line | {
        "discountable": pending["discountable"],
        "discounts": list(pending["discounts"]),
        "metadata": dict(pending["metadata"]),
        "parent": parent(invoice_item_details=details),
        "pricing": copy(pending["pricing"]),
        "quantity_decimal": pending["quantity_decimal"],
        **tax_notes(price or {"tax_behavior": pending.get("_tax_behavior")}, pending["tax_rates"]),
    }


def proration_line(world: World, subscription: dict[str, Any], pending: dict[str, Any]) -> dict[str, Any]:
    return item_line(
        world,
        subscription,
        pending["_item"],
        pending["amount"],
        pending["description"],
        pending["quantity"],
        period_in(pending),
        proration=pending["proration"],
        invoice_item=pending["id"],
    )


def period_in(pending: dict[str, Any]) -> tuple[int, int]:
    return pending["period"]["start"], pending["period"]["end"]


def price_in(world: World, priced: dict[str, Any] | None) -> dict[str, Any] | None:
    """The price a `pricing` names, if it is still there."""
    details = (priced or {}).get("price_details") or {}
    return world.get(details.get("price") or "")
