"""A buyer's own `djstripe_receiver` works as dj-stripe documents."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import transaction
from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event
from djstripe.models import Subscription as StripeSubscription
from djstripe.signals import WEBHOOK_SIGNALS

from apps.core.models import AuditEntry
from apps.subscriptions import gateway, inbox, mirror
from apps.subscriptions.holders import billing_url
from apps.subscriptions.mails import notices
from apps.subscriptions.models import Notice, WebhookEvent
from apps.subscriptions.tests.conftest import current, gate_is_open, open_session, post_signed

pytestmark = pytest.mark.django_db


@contextmanager
def listening(types, function):
    """The function as a receiver, for as long as the test needs it."""
    djstripe_receiver(types)(function)
    try:
        yield
    finally:
        for type_ in [types] if isinstance(types, str) else types:
            WEBHOOK_SIGNALS[type_].disconnect(function, sender=Event)


def emit(stripe, type_, stripe_id):
    with stripe:
        return stripe.emit(type_, stripe.get(stripe_id))


def test_it_gets_sender_and_event_with_its_customer_and_runs_once(stripe, holder, buy):
    subscription, seen = buy(holder, "starter"), []

    def receiver(sender, event, **kwargs):
        seen.append((sender, event.type, event.customer.id, event.customer.subscriber))

    emit(stripe, "customer.subscription.updated", subscription.stripe_id)
    with listening("customer.subscription.updated", receiver):
        for signed in 2 * stripe.pending_deliveries():
            post_signed(signed)

    assert seen == [(Event, "customer.subscription.updated", subscription.stripe_customer_id, holder)]
    assert Event.objects.filter(type="customer.subscription.updated").exists()


def test_it_may_listen_to_several_types(stripe, holder, buy, deliver_webhooks):
    subscription, seen = buy(holder, "starter"), []

    def receiver(sender, event, **kwargs):
        seen.append(event.type)

    emit(stripe, "customer.subscription.paused", subscription.stripe_id)
    emit(stripe, "customer.updated", subscription.stripe_customer_id)
    with listening(["customer.subscription.paused", "customer.updated"], receiver):
        deliver_webhooks()

    assert seen == ["customer.subscription.paused", "customer.updated"]


def test_what_it_reads_is_as_stripe_has_it_now_in_the_mirror_and_in_our_row(
    stripe, holder, buy, deliver_webhooks
):
    subscription, seen = buy(holder, "starter"), []
    emit(stripe, "customer.subscription.updated", subscription.stripe_id)
    with stripe:
        stripe.update(stripe.get(subscription.stripe_id), cancel_at_period_end=True)

    def receiver(sender, event, **kwargs):
        mirrored = StripeSubscription.objects.get(id=subscription.stripe_id).stripe_data
        seen.append((mirrored["cancel_at_period_end"], current(holder).ends_at is not None))

    with listening("customer.subscription.updated", receiver):
        deliver_webhooks()

    assert seen == [(True, True)]


def test_one_that_fails_writes_nothing_is_tried_again_and_leaves_its_neighbours_alone(stripe, holder, buy):
    subscription, tries = buy(holder, "starter"), []
    emit(stripe, "customer.subscription.paused", subscription.stripe_id)
    emit(stripe, "customer.updated", subscription.stripe_customer_id)

    def receiver(sender, event, **kwargs):
        tries.append(event.id)
        AuditEntry.objects.create(action="by-the-receiver")
        if len(tries) < 2:
            raise RuntimeError("not yet")

    with listening("customer.subscription.paused", receiver):
        first, second = stripe.pending_deliveries()
        with pytest.raises(RuntimeError, match="not yet"):
            post_signed(first)  # without a broker: Stripe hears 500 and comes again
        post_signed(second)

    assert len(tries) == 2
    assert AuditEntry.objects.filter(action="by-the-receiver").count() == 1
    assert not WebhookEvent.objects.filter(processed_at=None).exists()


def test_what_the_customer_paid_for_opens_although_a_receiver_fails(stripe, holder, owner_client):
    owner_client.post(billing_url("checkout", holder), {"plan": "starter", "interval": "month"})
    stripe.complete_checkout(open_session(holder))

    def receiver(sender, event, **kwargs):
        raise RuntimeError("a bug of ours")

    with listening("checkout.session.completed", receiver):
        signed = next(s for s in stripe.pending_deliveries() if b"checkout.session.completed" in s.body)
        with pytest.raises(RuntimeError):
            post_signed(signed)

    assert gate_is_open(owner_client, holder)
    assert WebhookEvent.objects.get().processed_at is None


def test_more_failing_events_than_a_batch_takes_keep_nobody_else_away(stripe, holder, buy):
    subscription = buy(holder, "starter")

    def receiver(sender, event, **kwargs):
        raise RuntimeError("always")

    def store(type_, number):
        about = {"id": subscription.stripe_id, "customer": subscription.stripe_customer_id}
        base = {"id": f"evt_{number}", "type": type_, "livemode": False, "created": 1}
        inbox.store(
            {**base, "object": "event", "api_version": "", "data": {"object": {**about, "object": "x"}}}
        )

    for number in range(inbox.BATCH):
        store("customer.subscription.paused", number)
    with listening("customer.subscription.paused", receiver):
        with pytest.raises(RuntimeError):
            inbox.work_customer(subscription.stripe_customer_id)
        store("customer.updated", "behind")
        with pytest.raises(RuntimeError):
            inbox.work_customer(subscription.stripe_customer_id)

    assert WebhookEvent.objects.get(event_id="evt_behind").processed_at is not None


def test_a_mail_that_a_receiver_promises_leaves_with_its_event_or_not_at_all(stripe, holder, buy, mailoutbox):
    subscription = buy(holder, "starter")

    def receiver(sender, event, **kwargs):
        data = {"subscription": subscription.stripe_id}
        notices.promise(Notice.Kind.PLAN_ENDED, event.id, holder=holder, data=data)
        raise RuntimeError("after the promise")

    emit(stripe, "customer.updated", subscription.stripe_customer_id)
    with listening("customer.updated", receiver), pytest.raises(RuntimeError):
        post_signed(stripe.pending_deliveries()[0])

    assert not Notice.objects.exists()
    assert mailoutbox == []


OF_THE_MOMENT = ["djstripe_id", "djstripe_created", "djstripe_updated"]


def kept(ids):
    return [
        {name: value for name, value in row.items() if name not in OF_THE_MOMENT}
        for row in Event.objects.filter(id__in=ids).order_by("id").values()
    ]


@pytest.mark.parametrize("said", [{}, {"request": None}, {"request": "req_old"}, {"api_version": None}])
def test_what_is_kept_of_an_event_is_what_dj_stripe_keeps(stripe, holder, buy, said):
    subscription = buy(holder, "starter")
    emit(stripe, "customer.subscription.updated", subscription.stripe_id)
    emit(stripe, "customer.updated", subscription.stripe_customer_id)
    events = [{**signed.event, **said} for signed in stripe.pending_deliveries()]
    ids = [event["id"] for event in events]

    with transaction.atomic():
        for event in events:
            Event.process(event, api_key=gateway.secret_key())
        theirs = kept(ids)
        transaction.set_rollback(True)
    mirror.process_events(events)

    assert len(theirs) == 2
    assert kept(ids) == theirs


def test_ten_events_are_kept_with_a_statement_each(stripe, holder, buy, django_assert_num_queries):
    subscription = buy(holder, "starter")
    for _ in range(10):
        emit(stripe, "customer.subscription.updated", subscription.stripe_id)
    events = [signed.event for signed in stripe.pending_deliveries()]

    of_the_account, which_are_known = 4, 1  # key and account, in a savepoint
    with mirror.one_account(), django_assert_num_queries(of_the_account + which_are_known + 10):
        mirror.process_events(events)
    with django_assert_num_queries(which_are_known):
        mirror.process_events(events)
