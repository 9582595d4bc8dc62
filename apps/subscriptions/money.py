"""Amounts as people write them, and exact totals of Stripe's price shapes. Integers and Decimals only."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.core import UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language, to_locale

# Currencies whose minor unit at Stripe is not the hundredth: https://docs.stripe.com/currencies
ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())


def decimal_places(currency: str) -> int:
    """Digits of Stripe's minor unit. ISK and UGX are sent in hundredths although they have none."""
    code = currency.upper()
    return 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2


def format_amount(amount: int | Decimal, currency: str) -> str:
    """`amount` in the minor unit, in the reader's language: 2900, "usd" -> "$29.00"; 1000, "jpy" -> "¥1,000".

    An amount below the minor unit (a metered price of a tenth of a cent) keeps all its digits.
    """
    code = currency.upper()
    major = Decimal(amount).scaleb(-decimal_places(code))
    exact = major == round(major, get_currency_precision(code))
    text = format_currency(major, code, locale=_locale(), currency_digits=exact, decimal_quantization=exact)
    # CLDR's currency spacing, which babel leaves out: a code never touches a digit.
    return re.sub(rf"(?<={code})(?=\d)|(?<=\d)(?={code})", "\xa0", text)


def _locale() -> str:
    try:
        return to_locale(get_language() or "en")
    except UnknownLocaleError:
        return "en"


Part = tuple[int, Decimal]  # how many, at which (fraction of a) minor unit each


def price_parts(price: dict[str, Any], quantity: int) -> list[Part] | None:
    """What `quantity` units cost per period, part by part; None for a shape that has no fixed total.

    Flat and per unit, packages (`transform_quantity`), graduated and volume tiers:
    https://docs.stripe.com/products-prices/pricing-models
    """
    if (price.get("recurring") or {}).get("usage_type") == "metered" or price.get("custom_unit_amount"):
        return None
    if price.get("billing_scheme") == "tiered":
        return _tier_parts(price.get("tiers"), price.get("tiers_mode"), quantity)
    unit = unit_amount(price)
    return None if unit is None else [(_packages(price.get("transform_quantity"), quantity), unit)]


def price_total(price: dict[str, Any], quantity: int) -> int | None:
    """What `quantity` units cost per period, in the minor unit; None as above."""
    parts = price_parts(price, quantity)
    if parts is None:
        return None
    total = sum((count * unit for count, unit in parts), Decimal(0))
    return int(total.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def spelled_out(price: dict[str, Any], quantity: int) -> str:
    """How the total comes about: "10 × $20.00 + 2 × $16.00"; "" when there is none."""
    parts = price_parts(price, quantity) or []
    return " + ".join(f"{count} × {format_amount(unit, price['currency'])}" for count, unit in parts)


def _packages(transform: dict[str, Any] | None, quantity: int) -> int:
    if not transform:
        return quantity
    whole, rest = divmod(quantity, transform["divide_by"])
    return whole + (1 if rest and transform["round"] == "up" else 0)


def unit_amount(shape: dict[str, Any]) -> Decimal | None:
    """The unit amount of a price or tier in (fractions of) the minor unit."""
    for key in ("unit_amount_decimal", "unit_amount"):
        if shape.get(key) is not None:
            return Decimal(str(shape[key]))
    return None


def _tier_parts(tiers: list[dict[str, Any]] | None, mode: str | None, quantity: int) -> list[Part] | None:
    if not tiers:
        return None
    if mode == "volume":
        tier = next(tier for tier in tiers if tier["up_to"] is None or quantity <= tier["up_to"])
        return _parts_of(tier, quantity)
    parts, below = [], 0
    for tier in tiers:
        top = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if top > below:
            parts += _parts_of(tier, top - below)
            below = top
    return parts


def _parts_of(tier: dict[str, Any], units: int) -> list[Part]:
    """A tier's units, and its flat fee once."""
    unit, flat = unit_amount(tier), tier.get("flat_amount_decimal") or tier.get("flat_amount")
    return ([] if unit is None else [(units, unit)]) + ([(1, Decimal(str(flat)))] if flat else [])
