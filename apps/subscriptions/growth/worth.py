"""What a subscription is worth a month: its plan item's price for its quantity, in whole numbers exactly.

Left out: coupons, taxes, credit, add-ons beside the plan, and prices by use.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import floor

from apps.subscriptions import mirror
from apps.subscriptions.money import Price, every, in_currency, price_total

MONTHS = {"year": Fraction(12), "month": Fraction(1), "week": Fraction(12, 52), "day": Fraction(12, 365)}


def rounded(amount: Fraction) -> int:
    """Half a unit goes up, once for a whole sum: a yearly plan in twelve parts loses nothing on the way."""
    return floor(amount + Fraction(1, 2))


Shape = tuple[str, str, int | None]
"""What decides about the amount: price, currency, quantity."""


class Worth:
    """Answers for many: each price is read once (one query)."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        wanted = set(shapes)
        self._prices = mirror.prices({price for price, _currency, _quantity in wanted if price})
        self._known = {shape: self._look(shape) for shape in wanted}

    def of(self, shape: Shape) -> Fraction:
        """In fractions of the currency's minor unit; 0 also where the price has no fixed total."""
        return self._known[shape]

    @property
    def nothing(self) -> list[Shape]:
        return [shape for shape, amount in self._known.items() if not amount]

    def _look(self, shape: Shape) -> Fraction:
        price, currency, quantity = shape
        if quantity is None or price not in self._prices:
            return Fraction(0)
        return monthly(self._prices[price], currency, quantity) or Fraction(0)


def monthly(price: Price, currency: str, quantity: int) -> Fraction | None:
    price = in_currency(price, currency)
    total, (count, interval) = price_total(price, quantity), every(price)
    if total is None or interval not in MONTHS:
        return None
    return total / (MONTHS[interval] * count)
