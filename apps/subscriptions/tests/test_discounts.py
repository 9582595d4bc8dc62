"""A plan bought with a promotion code works like any other, and the mirror knows of the discount."""

from __future__ import annotations

import pytest
import stripe as stripe_python
from djstripe.models import Discount, Invoice

from apps.subscriptions import gateway
from apps.subscriptions.tests.conftest import choose, current, gate_is_open, open_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(stripe) -> str:
    """A fourth off, made by the shop's people at Stripe."""
    api = stripe_python.StripeClient(gateway.secret_key(), base_addresses={"api": stripe_python.api_base}).v1
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
