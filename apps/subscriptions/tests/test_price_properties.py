"""Any price Stripe takes: our total is that of an independent reckoning, and of the sandbox's invoice."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.subscriptions import stripe_api
from apps.subscriptions.money import currencies_of, in_currency, price_total
from apps.subscriptions.pricing.words import price_text
from apps.subscriptions.tests.catalogue import product_of
from stripe_sandbox.tests import money_shapes

SLOW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def whole(amount: Fraction) -> int:
    """Half up."""
    return floor(amount + Fraction(1, 2))


def exact(shape: dict[str, Any], name: str) -> Fraction:
    given_as = shape.get(f"{name}_decimal")
    return Fraction(str(given_as if given_as is not None else shape.get(name) or 0))


def oracle(price: dict[str, Any], quantity: int) -> int:
    """Unit by unit: the same rules, told another way."""
    if price["billing_scheme"] != "tiered":
        transform = price["transform_quantity"]
        packages = Fraction(quantity, transform["divide_by"]) if transform else Fraction(quantity)
        count = floor(packages) if not transform or transform["round"] == "down" else -floor(-packages)
        return whole(count * exact(price, "unit_amount"))
    per_tier: dict[int, int] = {}
    for unit in range(1, quantity + 1):
        asked = quantity if price["tiers_mode"] == "volume" else unit
        tier = next(
            n for n, tier in enumerate(price["tiers"]) if tier["up_to"] is None or asked <= tier["up_to"]
        )
        per_tier[tier] = per_tier.get(tier, 0) + 1
    return sum(
        whole(units * exact(price["tiers"][n], "unit_amount"))
        + whole(exact(price["tiers"][n], "flat_amount"))
        for n, units in per_tier.items()
    )


@st.composite
def sold(draw: st.DrawFn) -> tuple[dict[str, Any], int]:
    currency = draw(st.sampled_from(money_shapes.CURRENCIES))
    return draw(money_shapes.prices(currency)), draw(st.integers(1, 60))


@pytest.mark.django_db
@SLOW
@given(sold())
def test_the_total_is_the_oracles_and_the_invoices(stripe, case):
    params, quantity = case
    made = stripe_api.prices.create(
        {"product": product_of(stripe, "pro"), "recurring": {"interval": "month"}, **params}
    )
    price = stripe_api.prices.retrieve(made["id"])

    total = price_total(price, quantity)

    assert total == oracle(price, quantity)
    assert total == invoiced(stripe, price, quantity)


def invoiced(stripe, price: dict[str, Any], quantity: int) -> int:
    customer = stripe_api.customers.create({}, idempotency_key=f"customer:{price['id']}")
    item = {"price": price["id"], "quantity": quantity}
    preview = stripe_api.invoices.create_preview(
        {"customer": customer["id"], "subscription_details": {"items": [item]}}
    )
    return preview["subtotal"]


TEXTS = st.one_of(st.none(), st.integers(-5, 50), st.text(max_size=4), st.booleans(), st.just("NaN"))
GARBAGE = st.dictionaries(
    st.sampled_from(
        "billing_scheme unit_amount unit_amount_decimal currency tiers_mode transform_quantity recurring "
        "tiers currency_options custom_unit_amount".split()
    ),
    st.one_of(TEXTS, st.lists(st.dictionaries(st.sampled_from(["up_to", "unit_amount"]), TEXTS), max_size=2)),
)


@SLOW
@given(sold(), GARBAGE)
def test_whatever_a_price_looks_like_a_page_can_be_made_of_it(case, garbage):
    params, quantity = case
    price = {"recurring": {"interval": "month"}, **params, **garbage}

    text = price_text(price, quantity, flat=False)
    codes = currencies_of(price)

    assert text is None or text.figure
    assert [in_currency(price, code) for code in codes] or not isinstance(price.get("currency"), str)
