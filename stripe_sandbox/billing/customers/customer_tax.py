"""Where a customer is, as far as tax is concerned."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.billing.amounts.tax_places import TAXES


def tax_of(customer: dict[str, Any]) -> dict[str, Any]:
    """What `expand=tax` shows."""
    address = customer["address"] or {}
    country = (address.get("country") or "").upper()
    place = {"country": country, "source": "billing_address", "state": address.get("state")}
    return {
        "automatic_tax": "supported" if country in TAXES else "unrecognized_location",
        "ip_address": None,
        "location": place if country in TAXES else None,
        "provider": "stripe",
    }
