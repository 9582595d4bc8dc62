"""Stripe's events take a short road: what only people need is left out, what protects the server is not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation
from djstripe.signals import WEBHOOK_SIGNALS

from apps.core.prepared import PreparedInsert
from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.tests.events import event, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def languages():
    """Those in which events are worked."""
    heard: list[str] = []

    def hear(**_kwargs: object) -> None:
        heard.append(translation.get_language())

    signal = WEBHOOK_SIGNALS["customer.subscription.updated"]
    signal.connect(hear)
    yield heard
    signal.disconnect(hear)


def test_an_answer_to_stripe_is_for_no_person(stripe, secret):
    answer = post(event(), secret)

    assert answer.status_code == 200
    assert not answer.has_header("Content-Language")
    assert not answer.cookies
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["X-Request-ID"]


def test_an_event_for_a_host_that_is_not_ours_is_refused(stripe, secret):
    answer = post(event(), secret, client=Client(headers={"host": "evil.example"}))

    assert answer.status_code == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.django_db(transaction=True)  # without a broker it is worked in the request itself
def test_an_event_is_worked_in_the_projects_language_whoever_was_here_before(stripe, secret, languages):
    with translation.override("fr"):
        post(event(), secret, client=Client())

    assert languages == ["en"]


def test_a_body_in_another_encoding_is_refused(stripe, secret):
    signed = post(event(), secret, **{"Content-Type": "application/json; charset=utf-16"})

    assert signed.status_code == 400
    assert not WebhookEvent.objects.exists()


def test_an_event_is_kept_once_by_one_statement(django_assert_num_queries):
    kept = PreparedInsert(WebhookEvent)
    rows = [WebhookEvent(event_id="evt_1", type=type_, payload={"a": 1}) for type_ in ("first", "second")]

    with django_assert_num_queries(2):
        stored = [kept.insert(row) for row in rows]

    assert stored == [True, False]
    assert WebhookEvent.objects.get().type == "first"
    assert WebhookEvent.objects.get().payload == {"a": 1}
