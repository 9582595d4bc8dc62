"""What went wrong is kept in rows that staff read and mails quote: without secrets, and whatever it holds."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist

from apps.subscriptions import stripe_api, tasks
from apps.subscriptions.error_texts import clean_error
from apps.subscriptions.models import Drift, Subscription, WebhookEvent
from apps.subscriptions.services.reconcile import book, mend
from apps.subscriptions.services.reconcile.findings import Finding
from apps.subscriptions.signals import subscription_synced

pytestmark = pytest.mark.django_db

SECRETS = ("ada@example.com", "51Hh", "hunter2")


def leaks(text):
    return [secret for secret in SECRETS if secret in text]


def test_half_a_letter_is_no_text_for_a_database():
    assert clean_error("a \ud800 b").encode()


@pytest.fixture
def careless():
    """A buyer's receiver whose error tells all."""

    def receiver(**facts):
        raise RuntimeError("ada@example.com, sk_test_51Hh, postgres://product:hunter2@db/product, \0")

    subscription_synced.connect(receiver)
    yield
    subscription_synced.disconnect(receiver)


@pytest.fixture
def missed(holder, buy):
    row = buy(holder, "starter")
    Subscription.objects.filter(pk=row.pk).update(status="past_due")
    return row


def test_the_traceback_of_an_event_holds_no_secret(missed, careless):
    row = WebhookEvent.objects.create(
        event_id="evt_1", type="customer.updated", customer_id=missed.stripe_customer_id, payload={}
    )

    with pytest.raises(RuntimeError):
        tasks.process_events(row.customer_id, row.event_id)

    row.refresh_from_db()
    assert "RuntimeError" in row.error
    assert leaks(row.error) == []
    assert "\0" not in row.error


def test_why_a_difference_was_not_mended_holds_no_secret(missed, careless):
    tasks.reconcile()

    drift = Drift.objects.get(kind="missed-news")
    assert drift.error
    assert leaks(drift.error) == []
    assert "\0" not in drift.error


# Gone meanwhile ----------------------------------------------------------------------------------------


def test_a_difference_whose_row_went_with_its_holder_is_gone(missed, holder):
    drift = Drift.objects.create(
        kind="missed-news", subject=missed.stripe_id, customer_id=missed.stripe_customer_id, holder=holder
    )
    Drift.objects.all().delete()

    assert mend(drift, by=None)

    book.note_error(drift, "too late")
    assert not Drift.objects.exists()


def test_of_a_holder_who_was_deleted_while_it_was_looked_at_nothing_is_noted(holder):
    finding = Finding("missed-news", "sub_1", "cus_1", holder)
    type(holder)._default_manager.filter(pk=holder.pk).delete()

    with pytest.raises(ObjectDoesNotExist):
        book.note(finding)

    assert not Drift.objects.exists()


# Characters that PostgreSQL refuses --------------------------------------------------------------------


def test_what_stripe_answers_fits_into_the_database(stripe, api, holder, buy):
    row = buy(holder, "starter")
    api.customers.update(row.stripe_customer_id, {"name": "a\0b"})

    answer = stripe_api.customers.retrieve(row.stripe_customer_id)

    assert answer["name"] == "a\N{REPLACEMENT CHARACTER}b"
