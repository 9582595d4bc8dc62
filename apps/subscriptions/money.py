"""Amounts as people write them, and exact totals of Stripe's price shapes. Integers and Decimals only."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from apps.core.memory import by_language
from apps.core.numbers import number_text

# Currencies whose minor unit at Stripe is not the hundredth: https://docs.stripe.com/currencies
ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())

Price = dict[str, Any]
"""A price in Stripe's shape: https://docs.stripe.com/api/prices/object"""


def decimal_places(currency: str) -> int:
    """Digits of Stripe's minor unit. ISK and UGX are sent in hundredths although they have none."""
    code = currency.upper()
    return 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2


@by_language
def format_amount(amount: int | Decimal, currency: str) -> str:
    """`amount` in the minor unit, in the reader's language: 2900, "usd" -> "$29.00"; 1000, "jpy" -> "¥1,000".

    An amount below the minor unit (a metered price of a tenth of a cent) keeps all its digits.
    """
    code = currency.upper()
    major = Decimal(amount).scaleb(-decimal_places(code))
    exact = major == round(major, get_currency_precision(code))
    text = format_currency(major, code, locale=_locale(), currency_digits=exact, decimal_quantization=exact)
    # CLDR's currency spacing, which babel leaves out: a code never touches a digit.
    return re.sub(rf"(?<={re.escape(code)})(?=\d)|(?<=\d)(?={re.escape(code)})", "\xa0", text)


def _locale() -> Locale:
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


# Currencies of a price -----------------------------------------------------------------------------------


def currencies_of(price: Price) -> list[str]:
    """What the price can be bought in: its own currency first, then its `currency_options` by name.

    Left out is an option whose amounts we do not know (tiers that Stripe did not send along).
    """
    options = price.get("currency_options")
    others = sorted(options) if isinstance(options, dict) else []
    own = [price["currency"]] if isinstance(price.get("currency"), str) else []
    return own + [code for code in others if code not in own and _has_amounts(in_currency(price, code))]


def _has_amounts(price: Price) -> bool:
    """Whether one unit has a price, be it billed in advance or by use."""
    return price_total({**price, "recurring": None}, 1) is not None


def in_currency(price: Price, currency: str) -> Price:
    """The price with the amounts of that currency. As it is when that is its own, or one it does not have."""
    options = price.get("currency_options")
    option = options.get(currency) if isinstance(options, dict) else None
    if currency == price.get("currency") or not isinstance(option, dict):
        return price
    amounts = dict.fromkeys(("unit_amount", "unit_amount_decimal", "custom_unit_amount", "tiers"))
    return {**price, **amounts, **option, "currency": currency}


# Totals --------------------------------------------------------------------------------------------------


class Part(NamedTuple):
    """A line of Stripe's invoice: `units` at `unit` each (in fractions of the minor unit); or a fee, once."""

    units: int
    unit: Decimal
    is_fee: bool = False

    @property
    def amount(self) -> int:
        """Rounded half up line by line, as Stripe does."""
        return int((self.units * self.unit).quantize(Decimal(1), rounding=ROUND_HALF_UP))


class Tier(NamedTuple):
    """Up to `up_to` units (None: the rest) at `unit` each, plus `fee` once."""

    up_to: int | None
    unit: Decimal
    fee: Decimal


def price_total(price: Price, quantity: int) -> int | None:
    """What `quantity` units cost per period, in the minor unit; None for a price without a fixed total."""
    parts = price_parts(price, quantity)
    return None if parts is None else sum(part.amount for part in parts)


def price_parts(price: Price, quantity: int) -> list[Part] | None:
    """What `quantity` units cost per period, line by line; None for a shape that has no fixed total.

    Flat and per unit, packages (`transform_quantity`), graduated and volume tiers:
    https://docs.stripe.com/products-prices/pricing-models. Metered prices, prices the customer names, tiers
    that were not sent along and whatever Stripe invents tomorrow have none.
    """
    try:
        return _parts(price, quantity)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None


def costs_nothing_yet(price: Price, quantity: int) -> bool:
    """Whether a price that is not free comes to 0 all the same: below half a unit, or no full package yet."""
    parts = price_parts(price, quantity) or []
    return any(part.unit for part in parts) and not sum(part.amount for part in parts)


def spelled_out(price: Price, quantity: int) -> str:
    """How the total comes about: "10 × $20.00 + 2 × $16.00"; "" when there is none."""
    return " + ".join(_said(part, price["currency"]) for part in price_parts(price, quantity) or [])


def _said(part: Part, currency: str) -> str:
    amount = format_amount(part.unit, currency)
    if part.is_fee:
        return amount
    if not part.unit:
        return _("%(count)s free") % {"count": number_text(part.units)}
    return f"{number_text(part.units)} × {amount}"


def is_metered(price: Price) -> bool:
    return (price.get("recurring") or {}).get("usage_type") == "metered"


def every(price: Price) -> tuple[int, str]:
    """How often it is paid: (3, "month") is once in three months; (1, "") when we cannot tell."""
    recurring = price.get("recurring")
    if not isinstance(recurring, dict):
        return 1, ""
    return recurring.get("interval_count") or 1, recurring.get("interval") or ""


def is_every(price: Price, interval: str) -> bool:
    """Whether it is paid once each `interval`: "month" says no to every three months."""
    return every(price) == (1, interval)


def _parts(price: Price, quantity: int) -> list[Part] | None:
    if is_metered(price) or price.get("custom_unit_amount"):
        return None
    if price.get("billing_scheme") == "tiered":
        return _tier_parts(tiers_of(price), price["tiers_mode"], quantity)
    unit = unit_amount(price)
    return None if unit is None else [Part(packages(price, quantity), unit)]


def packages(price: Price, quantity: int) -> int:
    """Units after `transform_quantity`: 11 seats in packages of 5, rounded up, are 3."""
    transform = price.get("transform_quantity")
    if not transform:
        return quantity
    whole, rest = divmod(quantity, transform["divide_by"])
    return whole + (1 if rest and transform["round"] == "up" else 0)


def unit_amount(price: Price) -> Decimal | None:
    """What a unit (or package) costs, in fractions of the minor unit; None: not known, or by tiers."""
    if price.get("billing_scheme", "per_unit") != "per_unit":
        return None
    return _amount(price, "unit_amount")


def _amount(shape: dict[str, Any], name: str) -> Decimal | None:
    """Raises ArithmeticError for what is no number."""
    given = shape.get(f"{name}_decimal")
    given = shape.get(name) if given is None else given
    if given is None:
        return None
    value = Decimal(str(given))
    if not value.is_finite() or value < 0:
        raise ArithmeticError(f"No amount: {given}")
    return value


def tiers_of(price: Price) -> list[Tier]:
    """In rising order, the last one open. Raises ValueError (or KeyError, TypeError) for anything else."""
    tiers = [_tier(given) for given in price["tiers"]]
    ends = [tier.up_to for tier in tiers]
    closed = [end for end in ends if end is not None]
    if not tiers or ends[-1] is not None or len(closed) != len(ends) - 1 or closed != sorted(set(closed)):
        raise ValueError("Tiers do not rise, or the last one ends")
    return tiers


def _tier(given: dict[str, Any]) -> Tier:
    unit, fee, end = _amount(given, "unit_amount"), _amount(given, "flat_amount"), given["up_to"]
    if unit is None and fee is None:
        raise ValueError("A tier without an amount")
    return Tier(None if end is None else int(end), unit or Decimal(0), fee or Decimal(0))


def _tier_parts(tiers: list[Tier], mode: str, quantity: int) -> list[Part] | None:
    if mode == "volume":
        tier = next(tier for tier in tiers if tier.up_to is None or quantity <= tier.up_to)
        return _parts_of(tier, quantity)
    return _graduated(tiers, quantity) if mode == "graduated" else None


def _graduated(tiers: list[Tier], quantity: int) -> list[Part]:
    parts, below = [], 0
    for tier in tiers:
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        if top > below:
            parts += _parts_of(tier, top - below)
            below = top
    return parts


def _parts_of(tier: Tier, units: int) -> list[Part]:
    """A tier's units, and its flat fee once. What only has a fee is not said to have free units."""
    of_units = [] if tier.fee and not tier.unit else [Part(units, tier.unit)]
    return of_units + ([Part(1, tier.fee, is_fee=True)] if tier.fee else [])
