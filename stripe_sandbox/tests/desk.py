"""An office that writes invoices by hand, in few words."""

from __future__ import annotations

from typing import Any


def advice(api: Any, customer: str) -> Any:
    """A draft: two hours of advice at 80 dollars, and 15 dollars of travel."""
    invoice = api.invoices.create({"customer": customer, "description": "March"})
    for given in (
        {"quantity": 2, "unit_amount_decimal": "8000", "description": "Advice"},
        {"amount": 1500, "description": "Travel"},
    ):
        api.invoice_items.create({"customer": customer, "invoice": invoice.id, "currency": "usd", **given})
    return api.invoices.retrieve(invoice.id)


def since(shop: Any, count: int) -> list[str]:
    """The events after so many."""
    return shop.events()[count:]
