"""Prices, discounts, customers and changes of every shape, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stripe_sandbox.tests.shop import DAY

CURRENCIES = ("usd", "eur", "jpy", "kwd")
PERIOD = 28 * DAY
"""Shorter than any month."""


def amounts(currency: str) -> st.SearchStrategy[int]:
    """Three-decimal currencies are billed in steps of ten."""
    step = 10 if currency == "kwd" else 1
    return st.integers(0, 30_000).map(lambda units: units * step)


def decimals() -> st.SearchStrategy[str]:
    """Unit prices with fractions of a minor unit."""
    return st.decimals(0, 5_000, places=4).map(lambda value: format(value, "f"))


def tiers(currency: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    bounds = st.lists(st.integers(1, 40), min_size=1, max_size=3, unique=True).map(sorted)
    return bounds.flatmap(lambda ends: st.tuples(*(tier(currency, end) for end in [*ends, "inf"]))).map(list)


def tier(currency: str, up_to: int | str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"up_to": st.just(up_to), "unit_amount": amounts(currency)},
        optional={"flat_amount": amounts(currency)},
    )


def prices(currency: str) -> st.SearchStrategy[dict[str, Any]]:
    """Per unit, with decimals, in packages, graduated, by volume."""
    unit = st.fixed_dictionaries({"unit_amount": amounts(currency)})
    fraction = st.fixed_dictionaries({"unit_amount_decimal": decimals()})
    size = st.fixed_dictionaries({"divide_by": st.integers(2, 7), "round": st.sampled_from(("up", "down"))})
    package = st.fixed_dictionaries({"unit_amount": amounts(currency), "transform_quantity": size})
    tiered = st.fixed_dictionaries(
        {
            "billing_scheme": st.just("tiered"),
            "tiers_mode": st.sampled_from(("graduated", "volume")),
            "tiers": tiers(currency),
        }
    )
    shape = st.one_of(unit, fraction, package, tiered)
    behavior = st.sampled_from(("exclusive", "inclusive", "unspecified"))
    return st.tuples(shape, behavior).map(
        lambda pair: {**pair[0], "tax_behavior": pair[1], "currency": currency}
    )


def coupons(currency: str) -> st.SearchStrategy[dict[str, Any]]:
    percent = st.sampled_from((5, 12.5, 33.33, 50, 99.99, 100))
    off = st.one_of(
        st.fixed_dictionaries({"percent_off": percent}),
        st.fixed_dictionaries(
            {"amount_off": amounts(currency).map(lambda n: n + 10), "currency": st.just(currency)}
        ),
    )
    lasts = st.one_of(
        st.just({"duration": "once"}),
        st.just({"duration": "forever"}),
        st.integers(1, 3).map(lambda months: {"duration": "repeating", "duration_in_months": months}),
    )
    return st.tuples(off, lasts).map(lambda pair: pair[0] | pair[1])


PLACES = (
    None,
    {"country": "DE"},
    {"country": "FI"},
    {"country": "CH"},
    {"country": "US", "postal_code": "94105"},
)


@st.composite
def stories(draw: st.DrawFn, most_items: int = 2, most_changes: int = 3) -> dict[str, Any]:
    """A customer somewhere, with credit or debt, who subscribes to some prices and changes quantities."""
    currency = draw(st.sampled_from(CURRENCIES))
    count = draw(st.integers(1, most_items))
    change = st.tuples(st.integers(0, PERIOD), st.integers(0, count - 1), st.integers(0, 60))
    return {
        "address": draw(st.sampled_from(PLACES)),
        "balance": draw(st.sampled_from((0, 0, -700, -250_000, 1_300))),
        "changes": sorted(draw(st.lists(change, max_size=most_changes)), key=lambda entry: entry[0]),
        "coupons": draw(st.lists(coupons(currency), max_size=2)),
        "item_coupon": draw(st.none() | coupons(currency)),
        "prices": [draw(prices(currency)) for _ in range(count)],
        "quantities": [draw(st.integers(0, 60)) for _ in range(count)],
        "rates": draw(st.lists(st.tuples(st.sampled_from((7, 8.875, 19)), st.booleans()), max_size=2)),
        "taxed": draw(st.sampled_from(("no", "rates", "automatic"))),
    }
