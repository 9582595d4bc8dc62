"""How a price adds up, line by line, so that a page can spell out tiers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.hosted.pages.words import unit_amount


@dataclass(frozen=True)
class Step:
    """One multiplication a person can check: `quantity` x `unit` (+ `flat`)."""

    quantity: int
    unit: Decimal
    flat: int = 0

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit + self.flat


def steps(price: dict[str, Any], quantity: int) -> list[Step]:
    """The sums behind `quantity` of `price`; the amounts add up to the line's total before rounding."""
    if price.get("billing_scheme") != "tiered":
        return [Step(money.packages(price, quantity), unit_amount(price) or Decimal(0))]
    tiers = price.get("tiers") or []
    if price.get("tiers_mode") == "volume":
        return _volume(tiers, quantity)
    return _graduated(tiers, quantity)


def _volume(tiers: list[dict[str, Any]], quantity: int) -> list[Step]:
    for tier in tiers:
        if tier["up_to"] is None or quantity <= tier["up_to"]:
            return [_step(tier, quantity)]
    return []


def _graduated(tiers: list[dict[str, Any]], quantity: int) -> list[Step]:
    found, below = [], 0
    for tier in tiers:
        top = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if top > below:
            found.append(_step(tier, top - below))
        below = top
    return found


def _step(tier: dict[str, Any], quantity: int) -> Step:
    return Step(quantity, unit_amount(tier) or Decimal(0), tier.get("flat_amount") or 0)
