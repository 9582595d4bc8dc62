"""What ADMINS get told, once for each event."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from djstripe.models import Product

from apps.subscriptions import inbox, sync
from apps.subscriptions.holders import holder_label
from apps.subscriptions.mails import notices
from apps.subscriptions.models import Notice, WebhookEvent
from apps.subscriptions.tests.conftest import committed, current, post_signed
from apps.subscriptions.tests.events import event, post
from apps.subscriptions.tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db

DAY = 86400


def charge_of(stripe, holder):
    return stripe.where("charge", customer=holder.stripe_customer_id)[0]


def test_a_refund_is_told_to_operators_once_and_access_stays(
    stripe, holder, buy, told, deliver_webhooks, mailoutbox
):
    buy(holder, "starter")
    holder.refresh_from_db()
    charge = charge_of(stripe, holder)
    with stripe:
        stripe.update(charge, refunded=True, amount_refunded=charge["amount"])
        stripe.emit("charge.refunded", charge)
    waiting = stripe.pending_deliveries()

    for signed in waiting + waiting:
        assert post_signed(signed).status_code == 200

    assert told("ops@example.com") == [f"$29.00 refunded to {holder_label(holder)}"]
    assert told("owner@example.com") == []
    assert current(holder).grants_access()


def test_a_dispute_is_told_when_it_opens_and_when_it_closes(stripe, holder, buy, told, deliver_webhooks):
    buy(holder, "starter", card="4000000000000259")
    deliver_webhooks()
    assert told("ops@example.com") == [f"{holder_label(holder)} disputes a payment of $29.00"]

    stripe.advance(10 * DAY)
    answers = deliver_webhooks()

    assert {answer.status_code for answer in answers} == {200}
    assert told("ops@example.com")[1:] == [f"The dispute with {holder_label(holder)} is closed: lost"]
    assert current(holder).grants_access()


def test_a_dispute_about_a_charge_nobody_knows_is_told_to_operators_all_the_same(stripe, told):
    event = {
        "id": "evt_dispute",
        "object": "event",
        "type": "charge.dispute.created",
        "created": 1,
        "livemode": False,
        "api_version": "2026-08-26.dahlia",
        "data": {
            "object": {
                "id": "du_1",
                "object": "dispute",
                "charge": "ch_unknown",
                "amount": 1000,
                "currency": "jpy",
                "reason": "fraudulent",
                "status": "needs_response",
            }
        },
    }
    inbox.store(event)

    with committed():
        inbox.work_event("evt_dispute")

    assert told("ops@example.com") == ["A payment of ¥1,000 is disputed"]


def test_somebody_on_an_unknown_product_is_told_once(stripe, holder, buy, told):
    subscription = buy(holder, "starter")
    Product.objects.filter(id=stripe.get(subscription.price_id)["product"]).update(metadata={})

    with committed():
        sync.sync_customer(subscription.stripe_customer_id)
        sync.sync_customer(subscription.stripe_customer_id)

    assert told("ops@example.com") == [
        f"{holder_label(holder)} pays for a product ACTIVE_PRODUCTS does not know"
    ]


def test_an_event_that_was_given_up_is_told_to_operators(stripe, holder, buy, told):
    subscription = buy(holder, "starter")
    row = {
        "id": "evt_1",
        "type": "customer.updated",
        "data": {"object": {"customer": subscription.stripe_customer_id}},
    }
    inbox.store(row)
    WebhookEvent.objects.filter(event_id="evt_1").update(received_at=timezone.now() - timedelta(days=4))
    stripe.faults.add({"match": {"method": "GET", "path": "/v1/*"}, "times": None, "status": 500})

    with committed(), pytest.raises(Exception, match="500"):
        inbox.work_customer(subscription.stripe_customer_id)

    assert told("ops@example.com") == ["A Stripe event could not be worked: customer.updated"]


def test_without_admins_nobody_is_told_and_nothing_waits(
    stripe, holder, buy, owner_client, settings, mailoutbox, caplog
):
    settings.ADMINS = []
    subscription = SubscriptionFactory(holder=holder, canceled=True)

    with caplog.at_level("WARNING"), committed(), transaction.atomic():
        data = {"subscription": subscription.stripe_id}
        notices.promise(Notice.Kind.SUBSCRIPTION_CANCELLED, "once", holder=holder, data=data)

    assert mailoutbox == []
    assert Notice.objects.get().sent_at is not None
    assert "Nobody to tell" in caplog.text


def test_an_event_that_says_next_to_nothing_is_taken_and_harms_nobody(stripe, holder, buy, secret):
    """Stripe leaves out what does not apply, and adds what we do not know."""
    subscription = buy(holder, "starter")
    bare = {"object": "thing of tomorrow", "customer": subscription.stripe_customer_id}

    answers = {
        type_: post(event(type_, data={"object": bare}, id=f"evt_{type_}"), secret).status_code
        for type_ in inbox.HANDLED_EVENTS
    }

    assert set(answers.values()) == {200}, answers
    assert not WebhookEvent.objects.filter(processed_at=None).exists()
    assert current(holder).status == "active"
