"""News that never came, came long after, or are about somebody who is gone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.subscriptions import inbox, tasks
from apps.subscriptions.models import Notice, Subscription, WebhookEvent
from apps.subscriptions.tests.conftest import committed, current, post_signed
from apps.subscriptions.tests.events import event, post
from stripe_sandbox.delivery import sign
from stripe_sandbox.world import World
from tests.chaos.stories import our_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def cancelled_unheard(stripe: World, holder: Any, buy: Any, api: Any) -> Subscription:
    """Ended in Stripe's dashboard; nothing of it arrived here."""
    row = buy(holder, "starter")
    api.subscriptions.cancel(row.stripe_id)
    stripe.pending_deliveries()  # lost
    return row


def kinds() -> set[str]:
    return set(Notice.objects.values_list("kind", flat=True))


def by_night() -> None:
    with committed():
        tasks.reconcile()


def old_events_of(stripe: World, row: Subscription) -> list[dict[str, Any]]:
    return [
        found
        for found in stripe.all("event")
        if found["type"] == "customer.subscription.updated" and found["data"]["object"]["id"] == row.stripe_id
    ]


def test_a_lost_event_is_fetched_by_night_and_its_mails_leave(cancelled_unheard: Subscription) -> None:
    assert kinds() == set()

    by_night()

    cancelled_unheard.refresh_from_db()
    assert cancelled_unheard.status == "canceled"
    assert {Notice.Kind.SUBSCRIPTION_CANCELLED, Notice.Kind.PLAN_ENDED} <= kinds()
    assert not WebhookEvent.objects.filter(processed_at=None).exists()


def test_fetched_twice_it_is_told_once(cancelled_unheard: Subscription) -> None:
    by_night()
    told, kept = Notice.objects.filter(holder=cancelled_unheard.holder).count(), WebhookEvent.objects.count()

    by_night()

    assert Notice.objects.filter(holder=cancelled_unheard.holder).count() == told
    assert WebhookEvent.objects.count() == kept


def test_a_report_fetches_nothing(cancelled_unheard: Subscription) -> None:
    before = WebhookEvent.objects.count()

    with pytest.raises(SystemExit):
        call_command("reconcile_subscriptions")

    assert WebhookEvent.objects.count() == before
    assert kinds() == set()


def test_what_happened_before_the_site_was_connected_is_no_news(cancelled_unheard: Subscription) -> None:
    """The account is older than the inbox: what it lived through mails nobody."""
    WebhookEvent.objects.all().delete()
    WebhookEvent.objects.create(
        event_id="evt_first", type="product.updated", payload={}, processed_at=timezone.now()
    )
    WebhookEvent.objects.update(received_at=timezone.now() + timedelta(seconds=2))

    by_night()

    cancelled_unheard.refresh_from_db()
    assert cancelled_unheard.status == "canceled"
    assert Notice.Kind.SUBSCRIPTION_CANCELLED not in kinds()


def test_an_old_event_after_newer_ones_changes_nothing(
    stripe: World, holder: Any, buy: Any, deliver_webhooks: Any, owner_client: Any, api: Any
) -> None:
    row = buy(holder, "starter")
    api.subscriptions.update(row.stripe_id, {"cancel_at_period_end": True})
    api.subscriptions.update(row.stripe_id, {"cancel_at_period_end": False})
    deliver_webhooks()
    old = next(found for found in old_events_of(stripe, row) if found["data"]["object"]["cancel_at"])
    WebhookEvent.objects.filter(event_id=old["id"]).delete()  # pruned since

    post_signed(sign(old, our_endpoint(stripe), stripe.wall_clock()))

    assert current(holder).ends_at is None
    assert WebhookEvent.objects.get(event_id=old["id"]).processed_at is not None


def test_two_of_one_second_in_either_order_end_the_same(
    stripe: World, holder: Any, buy: Any, deliver_webhooks: Any, api: Any
) -> None:
    """`created` counts seconds: it orders nothing, so nothing is decided by it."""
    row = buy(holder, "starter")
    api.subscriptions.update(row.stripe_id, {"cancel_at_period_end": True})
    api.subscriptions.update(row.stripe_id, {"metadata": {"note": "same second"}})

    deliver_webhooks(lambda signed: list(reversed(signed)))

    assert current(holder).ends_at == current(holder).current_period_end


def test_an_event_that_stripe_has_forgotten_is_worked_from_what_stripe_has_now(
    stripe: World, holder: Any, buy: Any, secret: str
) -> None:
    """It lay in the inbox for 40 days, and Stripe keeps events for 30: nobody asks Stripe for it again."""
    row = buy(holder, "starter")
    told = event(customer=row.stripe_customer_id)
    inbox.store(told)
    WebhookEvent.objects.filter(event_id=told["id"]).update(received_at=timezone.now() - timedelta(days=40))
    asked = stripe.requests.count

    call_command("process_webhooks", verbosity=0)

    assert WebhookEvent.objects.get(event_id=told["id"]).processed_at is not None
    assert current(holder).status == "active"
    assert not [call for call in stripe.requests.since(asked) if call["path"].startswith("/v1/events")]


def test_news_of_a_holder_who_was_deleted_are_filed_and_make_nothing(
    stripe: World, holder: Any, buy: Any, api: Any, secret: str
) -> None:
    row = buy(holder, "starter")
    api.subscriptions.cancel(row.stripe_id)
    late = [json.loads(signed.body) for signed in stripe.pending_deliveries()]
    call_command("sync_subscriptions", verbosity=0)
    Subscription.objects.filter(pk=row.pk).update(status="canceled")
    type(holder)._default_manager.get(pk=holder.pk).delete()

    answers = [post(told, secret) for told in late]

    assert {answer.status_code for answer in answers} == {200}
    assert not WebhookEvent.objects.filter(processed_at=None).exists()
    assert not Subscription.objects.filter(stripe_id=row.stripe_id).exists()
