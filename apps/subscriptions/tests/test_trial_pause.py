"""A trial that nobody gave a card for pauses at its end; a card lets it go on, and is tried once."""

from __future__ import annotations

from functools import partial

import pytest
from djstripe.models import Invoice

from apps.subscriptions import sync
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Subscription
from apps.subscriptions.services import cancellation
from apps.subscriptions.tests.conftest import (
    calls,
    choose,
    current,
    gate_is_open,
    invoices_of,
    open_session,
    value_of,
)
from apps.subscriptions.tests.lifecycle_story import DAY, add_card, tab
from apps.subscriptions.tests.test_overtaken import just_before

pytestmark = pytest.mark.django_db
NO_CARD = ""


@pytest.fixture
def paused(stripe, holder, owner_client, deliver_webhooks, settings) -> Subscription:
    """A trial that nobody gave a card for is over."""
    settings.TRIAL_REQUIRES_CARD = False
    choose(owner_client, holder, "pro")
    stripe.complete_checkout(open_session(holder), NO_CARD)
    deliver_webhooks()
    assert (current(holder).status, current(holder).payment_method_id) == ("trialing", "")
    stripe.advance(15 * DAY)
    deliver_webhooks()
    return current(holder)


def test_a_trial_without_a_card_pauses_at_its_end(paused, holder, owner_client):
    assert paused.status == "paused"
    assert not gate_is_open(owner_client, holder)
    assert value_of(tab(owner_client, holder), "subscription-status") == "paused"


def test_a_card_given_after_the_pause_lets_the_plan_go_on(
    stripe, paused, holder, owner_client, deliver_webhooks, api
):
    add_card(api, paused)
    deliver_webhooks()
    deliver_webhooks()

    assert current(holder).status == "active"
    assert gate_is_open(owner_client, holder)
    assert [invoice["amount_paid"] for invoice in invoices_of(stripe, paused)] == [0, 20_00]


def test_a_card_that_refuses_is_tried_once_and_the_plan_stays_paused(
    stripe, paused, holder, owner_client, deliver_webhooks, api
):
    add_card(api, paused, "pm_card_chargeCustomerFail")

    for _round in range(4):
        deliver_webhooks()

    assert current(holder).status == "paused"
    assert len(calls(stripe, "POST", f"/v1/subscriptions/{paused.stripe_id}/resume")) == 1
    assert not gate_is_open(owner_client, holder)


def test_two_workers_that_hear_of_one_card_at_the_same_moment_try_it_once(
    stripe, paused, holder, api, deliver_webhooks
):
    add_card(api, paused, "pm_card_chargeCustomerFail")
    sync.sync_customer(paused.stripe_customer_id)
    other_worker = partial(cancellation.go_on_with_new_card, holder)

    with just_before("SELECT", Invoice, other_worker):
        cancellation.go_on_with_new_card(holder)

    assert [invoice["status"] for invoice in invoices_of(stripe, paused)] == ["paid", "open"]
    assert len(api.charges.list({"customer": paused.stripe_customer_id}).data) == 1


def test_the_plan_goes_on_with_the_new_card_although_stripe_broke_over_the_first_try(
    stripe, paused, holder, deliver_webhooks, api
):
    resume = {"method": "POST", "path": "/v1/subscriptions/*/resume"}
    stripe.faults.add({"match": resume, "status": 500, "remembered": True})
    add_card(api, paused)

    deliver_webhooks()

    assert current(holder).status == "active"
    assert [invoice["amount_paid"] for invoice in invoices_of(stripe, paused)] == [0, 20_00]


def test_with_a_card_on_file_the_person_can_go_on_by_hand(stripe, paused, holder, owner_client, api):
    add_card(api, paused)  # and the webhook got lost

    answer = owner_client.post(billing_url("resume", holder), follow=True)

    assert "Your plan goes on." in answer.content.decode()
    assert current(holder).status == "active"
