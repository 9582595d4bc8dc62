"""Events arrive unsigned, late, twice, or about somebody else."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from apps.subscriptions import inbox
from apps.subscriptions.models import Subscription, WebhookEvent
from apps.subscriptions.tests.conftest import CommittingClient
from apps.subscriptions.tests.events import event, post

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": 1},
        {"id": ""},
        {"id": "x" * 1000},
        {"type": ["a"]},
        {"type": "x" * 1000},
        {"created": "yesterday"},
        {"created": 10**20},
        {"data": None},
        {"data": []},
        {"data": {"object": None}},
    ],
    ids=str,
)
def test_an_event_of_another_shape_is_refused(stripe, secret, changes):
    assert post(event(**changes), secret).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_a_customer_no_id_could_name_is_nobodys(stripe, secret):
    long = event(data={"object": {"object": "invoice", "id": "in_1", "customer": "cus_" + "x" * 300}})

    assert post(long, secret).status_code == 200
    assert WebhookEvent.objects.get().customer_id == ""


def test_a_body_nested_without_end_is_refused(stripe, secret):
    assert post(b"[" * 100_000, secret).status_code == 400


@pytest.mark.parametrize("before", ["cus_1", 7, [["a"]], True])
def test_what_an_object_was_before_may_be_anything(stripe, secret, before):
    data = {"object": {"object": "invoice", "id": "in_1"}, "previous_attributes": before}

    assert post(event(data=data), secret).status_code == 200
    assert WebhookEvent.objects.get().customer_id == ""


@pytest.mark.parametrize(
    "header", ["t={now},v1=é", "é", "t=é,v1=a", "t=,v1=", "v1=a", "t=" + "9" * 400 + ",v1=a"]
)
def test_a_header_of_any_text_is_refused(stripe, secret, header):
    header = header.format(now=int(time.time()))

    answer = Client().post(
        "/stripe/webhook/", event(), content_type="application/json", headers={"Stripe-Signature": header}
    )

    assert answer.status_code == 400


def test_a_name_that_a_database_cannot_hold_is_taken_all_the_same(stripe, secret):
    """PostgreSQL takes neither NUL nor half a surrogate pair; Stripe would send the event for three days."""
    named = {"id": "cus_foreign", "object": "customer", "name": "A\0da \ud83d \U0001f600 \u00e9"}

    response = post(event("customer.updated", data={"object": named}), secret)

    assert response.status_code == 200
    stored = WebhookEvent.objects.get()
    assert stored.processed_at is not None
    assert stored.payload["data"]["object"]["name"] == "A\ufffdda \ufffd \U0001f600 \u00e9"


def test_an_event_of_a_connected_account_is_none_of_ours(stripe, secret):
    before = len(stripe.requests.since(0))

    response = post(event(account="acct_of_somebody"), secret)

    assert response.status_code == 200
    assert not WebhookEvent.objects.exists()
    assert len(stripe.requests.since(0)) == before


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


def test_stripe_is_asked_for_exactly_what_is_handled():
    assert (
        sorted(
            [f"checkout.session.{verb}" for verb in ("completed", "expired")]
            + [f"checkout.session.async_payment_{verb}" for verb in ("succeeded", "failed")]
            + [
                f"customer.subscription.{verb}"
                for verb in ("created", "updated", "deleted", "paused", "resumed", "trial_will_end")
            ]
            + [
                f"invoice.{verb}"
                for verb in ("paid", "payment_failed", "payment_action_required", "upcoming")
            ]
            + [f"customer.{verb}" for verb in ("updated", "deleted")]
            + [
                f"payment_method.{verb}"
                for verb in ("attached", "detached", "updated", "automatically_updated")
            ]
            + ["charge.refunded"]
            + [
                f"charge.dispute.{verb}"
                for verb in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
            ]
            + [
                f"{thing}.{verb}"
                for thing in ("product", "price")
                for verb in ("created", "updated", "deleted")
            ]
        )
        == inbox.HANDLED_EVENTS
    )
