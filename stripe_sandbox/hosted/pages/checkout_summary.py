"""The words of Checkout's order summary: lines, discount, taxes, totals, what the button says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.hosted.pages import tiers, words
from stripe_sandbox.hosted.pages.shop import shop_name

if TYPE_CHECKING:
    from stripe_sandbox.world import World

BUTTONS = {"book": "Book", "donate": "Donate", "pay": "Pay", "subscribe": "Subscribe"}


def about(world: World, seen: dict[str, Any]) -> dict[str, Any]:
    """What `checkout_flow.view` found, in the words of the page."""
    lines = [_line(line) for line in seen["lines"]]
    first, trial, shop = lines[0]["name"], seen["trial_days"], shop_name(world)
    texts = seen["session"]["custom_text"]
    return seen | {
        "lines": lines,
        "shop": shop,
        "title": f"Try {first}" if trial else f"Subscribe to {first}",
        "interval_words": words.per_interval(_recurring(seen)),
        "discount_words": words.coupon((seen["discount"] or {}).get("coupon")),
        "first": seen["later"] or seen["now"],
        "taxes": [_tax(tax) for tax in (seen["later"] or seen["now"]).taxes],
        "texts": {name: (text or {}).get("message", "") for name, text in texts.items()},
        "changes": seen["discount"] is not None or any(line["adjustable"] for line in lines),
        **_button(seen),
    }


def _button(seen: dict[str, Any]) -> dict[str, str]:
    if seen["trial_days"]:
        return {"button_words": "Start trial", "busy_words": "Starting trial…"}
    words = BUTTONS.get(seen["session"]["submit_type"] or "", "Subscribe")
    busy = {"Pay": "Paying…", "Book": "Booking…", "Donate": "Donating…"}.get(words, "Subscribing…")
    return {"button_words": words, "busy_words": busy}


def _tax(tax: dict[str, Any]) -> dict[str, Any]:
    """One tax: "VAT", or what a reverse charge means."""
    reverse = tax.get("taxability_reason") == "reverse_charge"
    name = "Tax, reverse charge: the business pays it" if reverse else "Tax"
    included = tax.get("tax_behavior") == "inclusive"
    return {"words": f"{name} (included)" if included else name, "amount": tax["amount"]}


def _line(line: dict[str, Any]) -> dict[str, Any]:
    steps = tiers.steps(line["price"], line["quantity"] or 1)
    return line | {"name": line["product"]["name"], "words": _line_words(line, steps), "steps": steps}


def _line_words(line: dict[str, Any], steps: list[tiers.Step]) -> str:
    """ "14 seats at $20.00, billed monthly"; tiers stand below the line; a single one needs no sum."""
    price, quantity = line["price"], line["quantity"]
    billed, package = words.billed(price.get("recurring")), price.get("transform_quantity")
    if quantity is None or (quantity == 1 and not package and price["billing_scheme"] == "per_unit"):
        return f"Billed {billed}"
    each = f" at {words.money(steps[0].unit, price['currency'])}" if len(steps) == 1 else ""
    parcel = f", {steps[0].quantity} × {package['divide_by']}" if package else ""
    return f"{quantity} {line['unit_text']}{parcel}{each}, billed {billed}"


def _recurring(seen: dict[str, Any]) -> dict[str, Any] | None:
    found = (line["price"].get("recurring") for line in seen["lines"])
    return next((recurring for recurring in found if recurring), None)
