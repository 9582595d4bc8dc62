"""A plan bought with a promotion code works like any other, and the mirror knows of the discount."""

from __future__ import annotations

import pytest
from djstripe.models import Discount, Invoice

from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import (
    choose,
    current,
    gate_is_open,
    open_session,
    stripe_api_client,
    value_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(stripe) -> str:
    """A fourth off, made by the shop's people at Stripe."""
    api = stripe_api_client()
    coupon = api.coupons.create({"percent_off": 25, "duration": "forever"}).id
    promotion = {"type": "coupon", "coupon": coupon}
    return api.promotion_codes.create({"promotion": promotion, "code": "SPRING25"}).code


@pytest.mark.parametrize("plan", ["pro", "starter"])
def test_a_plan_bought_with_a_promotion_code_opens_the_gate(
    stripe, holder, owner_client, deliver_webhooks, code, plan
):
    choose(owner_client, holder, plan)
    stripe.complete_checkout(open_session(holder), promotion_code=code)

    answers = deliver_webhooks()

    assert {answer.status_code for answer in answers} == {200}
    assert current(holder).status in ("active", "trialing")
    assert gate_is_open(owner_client, holder)
    mirrored = Invoice.objects.get(customer_id=current(holder).stripe_customer_id)
    assert [discount["id"] for discount in mirrored.discounts] == list(
        Discount.objects.values_list("id", flat=True)
    )


@pytest.mark.parametrize(
    ("terms", "totals"),
    [
        ({"percent_off": 25, "duration": "forever"}, [29_00, 21_75, 21_75, 21_75]),
        ({"amount_off": 10_00, "currency": "usd", "duration": "once"}, [29_00, 19_00, 29_00, 29_00]),
        (
            {"percent_off": 50, "duration": "repeating", "duration_in_months": 2},
            [29_00, 14_50, 14_50, 29_00],
        ),
        ({"percent_off": 100, "duration": "forever"}, [29_00, 0, 0, 0]),
    ],
    ids=["forever", "once", "repeating", "all of it"],
)
def test_a_discount_lasts_as_long_as_its_coupon_says_and_access_does_not_depend_on_it(
    stripe, holder, owner_client, buy, deliver_webhooks, api, terms, totals
):
    row = buy(holder, "starter")
    stripe.advance(20 * 86400)
    coupon = api.coupons.create(terms).id
    api.subscriptions.update(row.stripe_id, {"discounts": [{"coupon": coupon}]})

    for _month in range(3):
        stripe.advance(31 * 86400)
        deliver_webhooks()

    assert [
        invoice["total"] for invoice in stripe.where("invoice", customer=row.stripe_customer_id)
    ] == totals
    assert current(holder).status == "active"
    assert gate_is_open(owner_client, holder)


def test_with_everything_off_a_plan_needs_no_money_and_a_change_costs_none(
    stripe, holder, owner_client, deliver_webhooks, api
):
    coupon = api.coupons.create({"percent_off": 100, "duration": "forever"}).id
    api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}, "code": "ALL"})
    choose(owner_client, holder, "starter")
    stripe.complete_checkout(open_session(holder), promotion_code="ALL")
    deliver_webhooks()
    wish = {"plan": "starter", "interval": "year"}

    page = owner_client.get(billing_url("change", holder), {**wish, "preview": "1"})
    owner_client.post(billing_url("change", holder), wish)

    assert value_of(page, "change-preview") == "0"
    row = current(holder)
    assert (row.interval, row.status) == ("year", "active")
    assert {invoice["total"] for invoice in stripe.where("invoice", customer=row.stripe_customer_id)} == {0}


def test_a_preview_takes_the_discount_off_and_the_charge_is_the_same(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    row = buy(holder, "starter")
    coupon = api.coupons.create({"percent_off": 25, "duration": "forever"}).id
    api.subscriptions.update(row.stripe_id, {"discounts": [{"coupon": coupon}]})
    stripe.advance(7 * 86400)
    deliver_webhooks()
    wish = {"plan": "starter", "interval": "year"}
    page = owner_client.get(billing_url("change", holder), {**wish, "preview": "1"})
    proof = page.content.decode().split('name="proration_date" value="')[1].split('"')[0]
    shown = int(value_of(page, "change-preview"))

    owner_client.post(billing_url("change", holder), {**wish, "proration_date": proof})

    paid = stripe.where("invoice", customer=row.stripe_customer_id)[-1]
    assert paid["amount_paid"] == shown
    assert shown < 290_00 * 3 // 4
