"""Amounts: integers in the currency's minor unit, decimals where a unit price has them, never floats.

Rounding is half up, away from zero, once per line.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any


@dataclass(frozen=True)
class Charge:
    """One priced line: a price of tiers charges several."""

    quantity: int
    unit_amount_decimal: str | None
    amount: int
    note: str = ""


def whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def unit_of(priced: dict[str, Any]) -> Decimal:
    """A price's or tier's unit amount; a missing one counts as zero."""
    return Decimal(str(priced.get("unit_amount_decimal") or priced.get("unit_amount") or 0))


def flat_of(tier: dict[str, Any]) -> Decimal:
    return Decimal(str(tier.get("flat_amount_decimal") or tier.get("flat_amount") or 0))


def charges(price: dict[str, Any], quantity: int) -> list[Charge]:
    """What this many units cost, line by line."""
    if price["billing_scheme"] == "tiered":
        tiers = price.get("tiers") or []
        return volume(tiers, quantity) if price["tiers_mode"] == "volume" else graduated(tiers, quantity)
    unit = unit_of(price)
    return [Charge(quantity, text(unit), whole(unit * packages(price, quantity)))]


def amount(price: dict[str, Any], quantity: int) -> int:
    return sum(charge.amount for charge in charges(price, quantity))


def packages(price: dict[str, Any], quantity: int) -> int:
    """Units after `transform_quantity`: 11 seats in packages of 5, rounded up, are 3."""
    transform = price.get("transform_quantity")
    if not transform:
        return quantity
    divide_by = transform["divide_by"]
    return quantity // divide_by if transform["round"] == "down" else -(-quantity // divide_by)


def graduated(tiers: list[dict[str, Any]], quantity: int) -> list[Charge]:
    found, start = [], 0
    for number, tier in enumerate(tiers, 1):
        end = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if number > 1 and end <= start:
            break
        found += tier_charges(tier, max(0, end - start), f"Tier {number}")
        start = end
    return found or [Charge(quantity, "0", 0)]


def volume(tiers: list[dict[str, Any]], quantity: int) -> list[Charge]:
    for number, tier in enumerate(tiers, 1):
        if tier["up_to"] is None or quantity <= tier["up_to"]:
            return tier_charges(tier, quantity, f"Tier {number}")
    return [Charge(quantity, "0", 0)]


def tier_charges(tier: dict[str, Any], quantity: int, note: str) -> list[Charge]:
    unit, flat = unit_of(tier), flat_of(tier)
    found = [Charge(quantity, text(unit), whole(unit * quantity), note)]
    if flat:
        found.append(Charge(0, None, whole(flat), f"{note} flat fee"))
    return found


def share(total: int, part: int, whole_time: int) -> int:
    """The part of an amount that falls on `part` of `whole_time` seconds."""
    if whole_time <= 0:
        return 0
    return whole(Decimal(total) * part / whole_time)


def percent_of(amount: int, percent: float | str | Decimal) -> int:
    """A percentage of an amount, computed in decimals and rounded once."""
    return whole(Decimal(amount) * Decimal(str(percent)) / 100)


def spread(amount: int, weights: list[int]) -> list[int]:
    """An amount in whole parts by weight, the largest remainders first; the parts add up to it exactly.

    No part is larger than its weight when the amount is not larger than all of them together.
    """
    everything = sum(weights)
    if everything <= 0:
        return [0] * len(weights)
    parts = [amount * weight // everything for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: -(amount * weights[n] % everything))
    for position in by_remainder[: amount - sum(parts)]:
        parts[position] += 1
    return parts


def text(value: Decimal) -> str:
    """Stripe's decimal strings: no exponent, no trailing zeros."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


ZERO_DECIMAL = set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = set("bhd jod kwd omr tnd".split())
SMALLEST = {
    "aud": 50,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "sek": 300,
    "sgd": 50,
    "usd": 50,
}
"""The smallest payment, by the currency it settles in."""
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def digits_of(currency: str) -> int:
    """Of the minor unit: https://docs.stripe.com/currencies. Shillings of Uganda come in hundredths, too."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def display(minor: int, currency: str) -> str:
    """For descriptions and pages: 2900 usd is $29.00, 1000 jpy is ¥1,000."""
    digits = digits_of(currency)
    value = Decimal(minor).scaleb(-digits)
    sign = "-" if value < 0 else ""
    symbol = SYMBOLS.get(currency, currency.upper() + " ")
    return f"{sign}{symbol}{abs(value):,.{digits}f}"


def display_decimal(minor: str, currency: str) -> str:
    """Like `display`, keeping fractions of a minor unit: 0.5 usd cents is $0.005."""
    value = Decimal(minor)
    if value == value.to_integral_value():
        return display(int(value), currency)
    digits = digits_of(currency)
    return f"{SYMBOLS.get(currency, currency.upper() + ' ')}{text(value.scaleb(-digits))}"
