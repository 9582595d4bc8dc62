"""What waits is worked: together, in any order, once, and again after a failure."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event, PaymentMethod, Product
from djstripe.signals import WEBHOOK_SIGNALS

from apps.core.models import AuditEntry
from apps.subscriptions import inbox, tasks
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Subscription, WebhookEvent
from apps.subscriptions.tests.conftest import current, gate_is_open, post_signed
from apps.subscriptions.tests.events import event, post

pytestmark = pytest.mark.django_db


def test_a_late_update_does_not_bring_a_cancelled_plan_back(
    stripe, secret, holder, owner_client, buy, deliver_webhooks
):
    subscription = buy(holder, "starter")
    owner_client.post(billing_url("cancel", holder))
    stripe.advance(40 * 86400)
    deliver_webhooks(order=reversed)

    late = event(customer=subscription.stripe_customer_id)
    late["data"]["object"] |= {"id": subscription.stripe_id, "status": "active"}
    answer = post(late, secret)

    assert answer.status_code == 200
    assert Subscription.objects.get(holder=holder).status == "canceled"
    assert not gate_is_open(owner_client, holder)


def test_one_event_of_a_known_subscription_is_cheap(stripe, holder, buy, deliver_webhooks):
    """The first event after a renewal does all of it: subscription, invoice, lines, rows, marks."""
    buy(holder, "pro")
    stripe.advance(15 * 86400)
    deliver_webhooks()
    stripe.advance(31 * 86400 + 7200)
    renewal = next(s for s in stripe.pending_deliveries() if b'"invoice.paid"' in s.body)
    inbox.store(json.loads(renewal.body))
    before = len(stripe.requests.since(0))

    with CaptureQueriesContext(connection) as queries:
        inbox.work_customer(current(holder).stripe_customer_id)

    work = [q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(work) <= 45
    assert len(stripe.requests.since(0)) - before == 2


def test_a_detached_card_is_gone_from_customer_and_mirror(stripe, holder, buy, deliver_webhooks):
    subscription = buy(holder, "starter")
    card = stripe.get(subscription.payment_method_id)
    before = {**card}
    with stripe:
        stripe.update(stripe.get(subscription.stripe_id), default_payment_method=None)
        settings = stripe.get(subscription.stripe_customer_id)["invoice_settings"]
        settings["default_payment_method"] = None
        stripe.update(card, customer=None)
        stripe.emit("payment_method.detached", card, {"customer": before["customer"]})

    deliver_webhooks()

    assert WebhookEvent.objects.get(type="payment_method.detached").customer_id == before["customer"]
    assert current(holder).payment_method_id == ""
    assert PaymentMethod.objects.get(id=card["id"]).customer is None


@pytest.mark.parametrize("type_", ["checkout.session.expired", "checkout.session.async_payment_failed"])
def test_a_session_nobody_can_pay_any_more_is_closed(stripe, holder, owner_client, secret, type_):
    owner_client.post(billing_url("checkout", holder), {"plan": "starter", "interval": "month"})
    attempt = holder.checkout_attempts.get()
    session = stripe.get(attempt.session_id)

    answer = post(event(type_, data={"object": stripe.render(session)}), secret)

    attempt.refresh_from_db()
    assert answer.status_code == 200
    assert attempt.closed_at is not None


def test_an_upcoming_invoice_has_no_id_and_does_no_harm(stripe, holder, buy, secret):
    subscription = buy(holder, "starter")
    upcoming = {"object": "invoice", "customer": subscription.stripe_customer_id, "status": "draft"}

    assert post(event("invoice.upcoming", data={"object": upcoming}), secret).status_code == 200
    assert WebhookEvent.objects.get(event_id="evt_1").processed_at is not None


def test_a_customer_deleted_at_stripe_twice_ends_the_plan_once(stripe, holder, buy, secret):
    subscription = buy(holder, "starter")
    customer = subscription.stripe_customer_id
    gone = {"object": {"id": customer, "object": "customer", "deleted": True}}
    with stripe:
        for row in (stripe.get(subscription.stripe_id), stripe.get(customer)):
            stripe.remove(row)

    answers = [
        post(event("customer.deleted", data=gone, id=f"evt_{number}"), secret).status_code
        for number in range(2)
    ]

    holder.refresh_from_db()
    assert answers == [200, 200]
    assert current(holder).status == "canceled"
    assert (holder.stripe_customer_id, holder.stripe_customers_replaced) == ("", 1)


def test_a_product_deleted_at_stripe_is_kept_but_no_longer_for_sale(stripe, secret):
    price = stripe.where("price", lookup_key="starter-month")[0]
    product = stripe.get(price["product"])
    with stripe:
        stripe.remove(product)

    answer = post(
        event("product.deleted", data={"object": {"id": product["id"], "object": "product"}}), secret
    )

    assert answer.status_code == 200
    assert Product.objects.get(id=product["id"]).active is False


@pytest.mark.parametrize("customer", [None, 5, ["cus_1"], {"id": None}, {}])
def test_a_customer_that_is_no_id_is_no_customer(stripe, secret, customer):
    odd = {"id": "ch_1", "object": "charge", "customer": customer, "amount": 1, "currency": "usd"}

    assert post(event("charge.refunded", data={"object": odd}), secret).status_code == 200
    assert WebhookEvent.objects.get().customer_id == ""


def test_each_event_has_one_line_in_the_log_with_its_outcome(stripe, holder, buy, secret, caplog):
    subscription = buy(holder, "starter")
    caplog.clear()

    with caplog.at_level("INFO", logger="apps.subscriptions"):
        post(event(customer=subscription.stripe_customer_id), secret)
        post(event(id="evt_2"), secret)

    lines = [record.getMessage() for record in caplog.records if record.name.endswith(".inbox")]
    assert lines == [
        f"Event evt_1 customer.subscription.updated, customer {subscription.stripe_customer_id}: processed",
        "Event evt_2 customer.subscription.updated, customer cus_foreign: not ours",
    ]


def test_more_than_a_batch_is_worked_in_one_go(stripe, holder, buy):
    subscription = buy(holder, "starter")
    for number in range(inbox.BATCH + 3):
        inbox.store(event(id=f"evt_{number}", customer=subscription.stripe_customer_id))

    inbox.work_customer(subscription.stripe_customer_id)

    assert not WebhookEvent.objects.filter(processed_at=None).exists()


def test_the_same_event_twice_does_its_work_once(stripe, holder, owner_client, buy, deliver_webhooks):
    subscription = buy(holder, "starter")
    with stripe:
        stripe.update(stripe.get(subscription.stripe_id), cancel_at_period_end=False)
    owner_client.post(billing_url("cancel", holder))
    waiting = stripe.pending_deliveries()
    entries = AuditEntry.objects.filter(action="subscription.changed")

    for signed in waiting:
        post_signed(signed)
    once = entries.count()
    answers = [post_signed(signed) for signed in waiting]

    assert {answer.status_code for answer in answers} == {200}
    assert entries.count() == once
    assert Event.objects.count() == WebhookEvent.objects.count()


def test_events_that_wait_are_worked_together_with_one_read(stripe, secret, holder, buy):
    subscription = buy(holder, "starter")
    for number in range(10):
        inbox.store(event(id=f"evt_{number}", customer=subscription.stripe_customer_id))
    before = len(stripe.requests.since(0))

    inbox.work_customer(subscription.stripe_customer_id)

    paths = [call["path"] for call in stripe.requests.since(0)[before:]]
    assert len(paths) == len(set(paths)) == 2
    assert not WebhookEvent.objects.filter(processed_at__isnull=True).exists()


def test_a_buyers_own_receiver_runs_once_with_the_mirror_fresh(stripe, secret, holder, buy):
    subscription, seen = buy(holder, "starter"), []

    @djstripe_receiver("customer.subscription.updated")
    def receiver(sender, event, **kwargs):
        seen.append(event.id)

    try:
        ours = event(customer=subscription.stripe_customer_id)
        post(ours, secret)
        post(ours, secret)
    finally:
        WEBHOOK_SIGNALS["customer.subscription.updated"].disconnect(receiver, sender=Event)
    assert seen == ["evt_1"]


def test_a_receiver_that_fails_is_tried_again_and_does_not_hold_its_neighbours_up(stripe, holder, buy):
    subscription, tries = buy(holder, "starter"), []

    @djstripe_receiver("customer.updated")
    def receiver(sender, event, **kwargs):
        tries.append(event.id)
        if len(tries) < 3:
            raise RuntimeError("not yet")

    customer = subscription.stripe_customer_id
    inbox.store(event("customer.updated", customer, id="evt_poison"))
    inbox.store(event(customer=customer, id="evt_neighbour"))
    try:
        with pytest.raises(RuntimeError, match="not yet"):
            inbox.work_customer(customer)
        neighbour = WebhookEvent.objects.get(event_id="evt_neighbour")
        poison = WebhookEvent.objects.get(event_id="evt_poison")
        assert neighbour.processed_at is not None
        assert (poison.processed_at, poison.attempts) == (None, 1)
        assert "RuntimeError: not yet" in poison.error
        inbox.work_customer(customer)
    finally:
        WEBHOOK_SIGNALS["customer.updated"].disconnect(receiver, sender=Event)
    assert WebhookEvent.objects.get(event_id="evt_poison").processed_at is not None
    assert Event.objects.filter(id="evt_poison").count() == 1


def test_while_stripe_is_away_events_wait_and_access_opens_by_itself_afterwards(
    stripe, holder, owner_client, deliver_webhooks, time_machine
):
    owner_client.post(billing_url("checkout", holder), {"plan": "starter", "interval": "month"})
    session = holder.checkout_attempts.get().session_id
    stripe.complete_checkout(session)
    stripe.faults.add({"match": {"method": "GET", "path": "/v1/*"}, "times": None, "status": 503})
    waiting = stripe.pending_deliveries()
    for signed in waiting:
        with pytest.raises(Exception, match="503"):
            post_signed(signed)  # without a broker the failure is Stripe's to repeat
    assert WebhookEvent.objects.filter(processed_at__isnull=True).exclude(error="").count() > 0
    assert not gate_is_open(owner_client, holder)

    stripe.faults.clear()
    time_machine.move_to(timezone.now() + timedelta(minutes=20))
    tasks.sweep_inbox()
    list(inbox.work_all())

    assert not WebhookEvent.objects.filter(processed_at__isnull=True).exists()
    assert current(holder).status == "active"


def test_an_event_stored_but_never_queued_is_found_by_the_sweeper(
    stripe, holder, buy, django_capture_on_commit_callbacks
):
    subscription = buy(holder, "starter")
    inbox.store(event(customer=subscription.stripe_customer_id))

    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_inbox()

    assert WebhookEvent.objects.get(event_id="evt_1").processed_at is not None


def test_after_three_days_an_event_is_given_up_and_delivered_again_it_is_tried_again(
    stripe, holder, buy, secret
):
    subscription = buy(holder, "starter")
    inbox.store(event(customer=subscription.stripe_customer_id))
    WebhookEvent.objects.filter(event_id="evt_1").update(received_at=timezone.now() - timedelta(days=4))
    stripe.faults.add({"match": {"method": "GET", "path": "/v1/*"}, "times": None, "status": 500})
    with pytest.raises(Exception, match="500"):
        inbox.work_customer(subscription.stripe_customer_id)
    assert WebhookEvent.objects.get(event_id="evt_1").failed_at is not None

    stripe.faults.clear()
    post(event(customer=subscription.stripe_customer_id), secret)

    row = WebhookEvent.objects.get(event_id="evt_1")
    assert row.processed_at is not None
    assert row.failed_at is None


def test_old_events_are_pruned_in_both_tables(stripe, secret):
    post(event(), secret)
    long_ago = timezone.now() - timedelta(days=91)
    WebhookEvent.objects.update(processed_at=long_ago)
    Event.objects.update(djstripe_created=long_ago)

    tasks.prune_webhook_events()

    assert not WebhookEvent.objects.exists()
    assert not Event.objects.exists()


def test_a_new_price_is_mirrored_and_one_gone_at_stripe_is_no_longer_sold(stripe, deliver_webhooks, client):
    pro = stripe.where("price", lookup_key="pro-month")[0]
    with stripe:
        stripe.update(pro, active=False)
    body = event("price.updated", data={"object": {"id": pro["id"], "object": "price"}})
    inbox.store(body)

    inbox.work_event("evt_1")

    assert b"choose-pro-month" not in client.get("/pricing/").content
