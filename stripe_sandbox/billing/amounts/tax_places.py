"""The sandbox's own table of taxes. Made up for trying out: no real sale takes a rate from here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

HOME = "US"
"""Where the sandbox's account is."""


class Tax(NamedTuple):
    percentage: Decimal
    name: str
    tax_type: str


def vat(percentage: str) -> Tax:
    return Tax(Decimal(percentage), "VAT", "vat")


EUROPEAN_UNION = {
    "AT": vat("20"),
    "BE": vat("21"),
    "BG": vat("20"),
    "CY": vat("19"),
    "CZ": vat("21"),
    "DE": vat("19"),
    "DK": vat("25"),
    "EE": vat("22"),
    "ES": vat("21"),
    "FI": vat("25.5"),
    "FR": vat("20"),
    "GR": vat("24"),
    "HR": vat("25"),
    "HU": vat("27"),
    "IE": vat("23"),
    "IT": vat("22"),
    "LT": vat("21"),
    "LU": vat("17"),
    "LV": vat("21"),
    "MT": vat("18"),
    "NL": vat("21"),
    "PL": vat("23"),
    "PT": vat("23"),
    "RO": vat("19"),
    "SE": vat("25"),
    "SI": vat("22"),
    "SK": vat("23"),
}
TAXES = EUROPEAN_UNION | {
    "AU": Tax(Decimal(10), "GST", "gst"),
    "CH": vat("8.1"),
    "GB": vat("20"),
    "JP": Tax(Decimal(10), "Consumption tax", "jct"),
    "NO": vat("25"),
    "NZ": Tax(Decimal(15), "GST", "gst"),
    "US": Tax(Decimal(0), "Sales tax", "sales_tax"),
}


def address_of(customer: dict[str, Any]) -> dict[str, Any]:
    """As Stripe chooses: the shipping address, else the billing address."""
    found = shipping_address(customer) if is_shipped_to(customer) else customer.get("address")
    return found or {}


def is_shipped_to(customer: dict[str, Any]) -> bool:
    return bool(shipping_address(customer).get("country"))


def shipping_address(customer: dict[str, Any]) -> dict[str, Any]:
    return (customer.get("shipping") or {}).get("address") or {}


def place_of(customer: dict[str, Any]) -> str | None:
    """The country that taxes this customer, or None where the address says too little to know."""
    address = address_of(customer)
    country = (address.get("country") or "").upper()
    if country == "US" and not address.get("postal_code"):
        return None
    if country == "CA" and not (address.get("postal_code") or address.get("state")):
        return None
    return country or None
