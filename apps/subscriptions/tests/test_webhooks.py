"""Events arrive unsigned, late, twice, in any order, in parallel, or about somebody else."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event
from djstripe.signals import WEBHOOK_SIGNALS

from apps.core.models import AuditEntry
from apps.subscriptions import inbox, tasks
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Subscription, WebhookEvent
from apps.subscriptions.tests.conftest import CommittingClient, current, gate_is_open, post_signed
from stripe_sandbox.delivery import signature

pytestmark = pytest.mark.django_db


def post(
    body: bytes | dict, secret: str, *, at: float | None = None, client: Client | None = None, **headers: str
):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = int(at or time.time())
    return (client or CommittingClient()).post(
        "/stripe/webhook/",
        raw,
        content_type="application/json",
        headers={"Stripe-Signature": signature(secret, raw, stamp), **headers},
    )


def event(type_: str = "customer.subscription.updated", customer: str = "cus_foreign", **changes) -> dict:
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-08-26.dahlia",
        "created": int(time.time()),
        "livemode": False,
        "type": type_,
        "data": {"object": {"id": "sub_foreign", "object": "subscription", "customer": customer}},
        **changes,
    }


@pytest.fixture
def secret(settings):
    return settings.DJSTRIPE_WEBHOOK_SECRET


def test_an_event_that_stripe_did_not_sign_is_refused_and_not_stored(stripe, secret):
    unsigned = Client().post("/stripe/webhook/", event(), content_type="application/json")
    wrong = post(event(), "whsec_wrong")
    stale = post(event(), secret, at=time.time() - 301)

    assert [unsigned.status_code, wrong.status_code, stale.status_code] == [400, 400, 400]
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{not json", b"\xff\xfe", b'{"id": "evt_1"}', b'"text"'])
def test_what_is_signed_but_no_event_is_refused(stripe, secret, body):
    raw = body.decode("latin-1").encode() if body == b"\xff\xfe" else body

    assert post(raw, secret).status_code == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("debug", [True, False])
def test_a_forged_secret_header_has_no_effect(stripe, settings, debug):
    settings.DEBUG = debug

    response = post(event(), "whsec_mine", **{"x-djstripe-webhook-secret": "whsec_mine"})

    assert response.status_code == 400


def test_either_secret_counts_while_one_is_rotated(stripe, settings):
    settings.DJSTRIPE_WEBHOOK_SECRET = "whsec_new, whsec_old"

    assert post(event(), "whsec_old").status_code == 200
    assert post(event(id="evt_2"), "whsec_new").status_code == 200


def test_without_a_secret_it_says_what_is_missing(stripe, settings):
    settings.DJSTRIPE_WEBHOOK_SECRET = ""

    response = post(event(), "whsec_any")

    assert response.status_code == 503
    assert b"DJSTRIPE_WEBHOOK_SECRET" in response.content


def test_no_cookie_or_token_is_needed_and_get_is_refused(stripe, secret):
    strict = CommittingClient(enforce_csrf_checks=True)

    assert post(event(), secret, client=strict).status_code == 200
    assert strict.get("/stripe/webhook/").status_code == 405


def test_answering_costs_one_statement_and_no_call_to_stripe(
    stripe, secret, django_assert_num_queries, django_capture_on_commit_callbacks
):
    before = len(stripe.requests.since(0))

    with django_capture_on_commit_callbacks(), django_assert_num_queries(1):
        post(event(), secret, client=Client())

    assert len(stripe.requests.since(0)) == before


def test_an_event_of_the_other_mode_is_ignored(stripe, secret, holder, buy):
    subscription = buy(holder)
    before = len(stripe.requests.since(0))

    response = post(event(customer=subscription.stripe_customer_id, livemode=True), secret)

    assert response.status_code == 200
    assert not WebhookEvent.objects.filter(event_id="evt_1").exists()
    assert len(stripe.requests.since(0)) == before


@pytest.mark.parametrize(
    "foreign",
    [
        event(),
        event("payout.paid", data={"object": {"id": "po_1", "object": "payout"}}),
        event(
            "checkout.session.completed",
            data={
                "object": {"id": "cs_1", "object": "checkout.session", "mode": "payment", "customer": None}
            },
        ),
        event("a.type.of.tomorrow"),
    ],
    ids=["subscription", "payout", "payment", "unknown type"],
)
def test_what_is_not_ours_is_taken_and_changes_nothing(stripe, secret, holder, foreign):
    response = post(foreign, secret)

    assert response.status_code == 200
    assert WebhookEvent.objects.get().processed_at is not None
    assert not Subscription.objects.exists()


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
