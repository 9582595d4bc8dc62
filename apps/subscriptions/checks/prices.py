"""Prices of metadata.py that Stripe would refuse, or bill otherwise than meant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from babel.numbers import is_currency
from django.core.checks import CheckMessage, Error

from apps.subscriptions.metadata import ProductMetadata, PushPrice, Tier


def check_prices(plan: ProductMetadata) -> Iterator[CheckMessage]:
    for interval, price in plan.prices.items():
        where = f"The price of '{plan.slug}' per {interval}"
        yield from _check_shape(where, price)
        yield from _check_quantity(where, plan, price)
        yield from _check_currency_options(where, price)
        for currency, option in price.currency_options.items():
            yield from _check_shape(f"{where} in {currency}", option, currency)


def _check_shape(where: str, price: PushPrice, currency: str | None = None) -> Iterator[CheckMessage]:
    if (price.unit_amount is None) == (not price.tiers):
        has = "both an amount and tiers" if price.tiers else "neither an amount nor tiers"
        yield Error(f"{where} has {has}.", hint="Give unit_amount or tiers.", id="subscriptions.E007")
    if not _tiers_rise(price.tiers):
        yield Error(
            f"{where} has tiers that do not rise to an open end.",
            hint="Each up_to is above the one before it, and only the last is None. Each tier has a "
            "unit_amount, a flat_amount or both.",
            id="subscriptions.E008",
        )
    if not is_currency((currency or price.currency).upper(), "en"):
        yield Error(
            f"{where} has an unknown currency, '{currency or price.currency}'.",
            hint='Use an ISO code that Stripe takes, as "usd": https://docs.stripe.com/currencies',
            id="subscriptions.E009",
        )
    for amount in _amounts(price):
        if not _is_amount(amount):
            yield Error(
                f"{where} has the amount {amount!r}.",
                hint="Amounts are whole minor units (29_00), or a Decimal of at most 12 places for a "
                "fraction, and never below 0.",
                id="subscriptions.E010",
            )


def _tiers_rise(tiers: tuple[Tier, ...]) -> bool:
    if not tiers:
        return True
    ends = [0, *(tier.up_to for tier in tiers[:-1])]
    if tiers[-1].up_to is not None or None in ends:
        return False
    priced = all(tier.unit_amount is not None or tier.flat_amount is not None for tier in tiers)
    return priced and all(low < high for low, high in pairwise(end for end in ends if end is not None))


def _amounts(price: PushPrice) -> Iterator[Any]:
    given = [price.unit_amount]
    for tier in price.tiers:
        given += [tier.unit_amount, tier.flat_amount]
    yield from (amount for amount in given if amount is not None)


def _is_amount(amount: Any) -> bool:
    if isinstance(amount, Decimal):
        places = amount.as_tuple().exponent
        return isinstance(places, int) and places >= -12 and amount >= 0
    return isinstance(amount, int) and not isinstance(amount, bool) and amount >= 0


def _check_quantity(where: str, plan: ProductMetadata, price: PushPrice) -> Iterator[CheckMessage]:
    by_quantity = bool(price.tiers) or price.package_of != 1
    if plan.quantity == "one" and by_quantity:
        yield Error(
            f"{where} changes with the quantity, which is always 1.",
            hint='Use a unit_amount, or quantity="holder" to bill by seats.',
            id="subscriptions.E012",
        )
    if price.package_of < 1 or (price.tiers and price.package_of != 1):
        yield Error(
            f"{where} has package_of={price.package_of}.",
            hint="A package is of 1 or more units; tiers cannot be sold in packages.",
            id="subscriptions.E024",
        )


def _check_currency_options(where: str, price: PushPrice) -> Iterator[CheckMessage]:
    for currency, option in price.currency_options.items():
        alike = bool(option.tiers) == bool(price.tiers)
        if alike and not option.currency_options and currency.lower() != price.currency.lower():
            continue
        yield Error(
            f"{where} has an option in {currency} that Stripe refuses.",
            hint="Other currencies than the price's own, each with tiers if the price has tiers, "
            "and without options of their own.",
            id="subscriptions.E025",
        )
