"""What a subscription is worth a month: its plan item's price for its quantity, in whole numbers exactly.

Left out: coupons, taxes, credit, add-ons beside the plan, and prices by use.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import floor

from apps.subscriptions import mirror
from apps.subscriptions.models import Subscription
from apps.subscriptions.money import Price, every, in_currency, price_total

MONTHS = {"year": Fraction(12), "month": Fraction(1), "week": Fraction(12, 52), "day": Fraction(12, 365)}


def rounded(amount: Fraction) -> int:
    """Half a unit goes up, once for a whole sum: a yearly plan in twelve parts loses nothing on the way."""
    return floor(amount + Fraction(1, 2))


class Worth:
    """Answers for many rows: each price is read once, each price and quantity is worked out once."""

    def __init__(self, rows: Iterable[Subscription]) -> None:
        self._prices = mirror.prices({row.price_id for row in rows if row.price_id})
        self._known: dict[tuple[str, str, int], Fraction | None] = {}

    def of(self, row: Subscription) -> Fraction | None:
        """In fractions of the currency's minor unit; None where the price has no fixed total."""
        if row.quantity is None or row.price_id not in self._prices:
            return None
        key = (row.price_id, row.currency, row.quantity)
        if key not in self._known:
            self._known[key] = monthly(self._prices[row.price_id], row.currency, row.quantity)
        return self._known[key]


def monthly(price: Price, currency: str, quantity: int) -> Fraction | None:
    price = in_currency(price, currency)
    total, (count, interval) = price_total(price, quantity), every(price)
    if total is None or interval not in MONTHS:
        return None
    return total / (MONTHS[interval] * count)
