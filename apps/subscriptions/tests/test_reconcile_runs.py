"""A comparison as a whole: what is under way is no difference, what failed says so, two at once are one."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from celery.exceptions import Retry
from django.core.management import CommandError
from django.db.models.signals import post_save
from django.utils import timezone
from djstripe.models import Account, Customer

from apps.core.models import AuditEntry
from apps.subscriptions import inbox, sync, tasks
from apps.subscriptions.models import Drift, ReconcileRun, Subscription, WebhookEvent
from apps.subscriptions.services.reconcile import mend
from apps.subscriptions.tests.conftest import current, seats_at_stripe
from apps.subscriptions.tests.events import event
from apps.subscriptions.tests.factories import make_holder
from apps.subscriptions.tests.test_reconcile import found, printed, reconcile
from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import UserFactory
from stripe_sandbox.patching import patch

pytestmark = pytest.mark.django_db


# Under way ---------------------------------------------------------------------------------------------


def test_news_that_wait_in_the_inbox_are_no_difference_until_they_are_stuck(missed_cancellation):
    waiting = WebhookEvent.objects.create(
        event_id="evt_1",
        type="customer.updated",
        customer_id=missed_cancellation.stripe_customer_id,
        payload={},
    )

    assert found() == []

    WebhookEvent.objects.filter(pk=waiting.pk).update(received_at=timezone.now() - timedelta(minutes=16))
    assert found() == ["missed-news"]


@pytest.fixture
def second(stripe, api, holder, buy):
    """A second customer of the holder, seen by a run, with an event in the inbox since."""
    buy(holder)
    made = api.customers.create({"metadata": {"djstripe_subscriber": str(holder.pk)}})
    reconcile()
    inbox.store(event("customer.updated", data={"object": stripe.get(made.id)}))
    return made


def test_a_line_about_a_customer_whose_news_wait_stays_open(second):
    """It was not looked at: that is no reason to call it gone, and to tell it again the next night."""
    code, text = reconcile()

    assert Drift.objects.get().gone_at is None
    assert code == 2
    assert "1 difference of before could not be looked at" in text
    assert reconcile("--fix")[0] == 0


def test_a_line_about_a_customer_whose_news_wait_is_mended_all_the_same(stripe, second, holder, owner):
    assert mend(Drift.objects.get(), by=owner)

    assert stripe.get(second.id)["metadata"] == {"former_djstripe_subscriber": str(holder.pk)}
    assert Drift.objects.get().mended_by == owner.email


def test_news_that_wait_hide_nothing_that_is_left_after_mending(stripe, second, owner):
    stripe.faults.add({"match": {"method": "POST", "path": "/v1/customers/*"}, "times": None, "status": 500})

    assert not mend(Drift.objects.get(), by=owner)

    assert Drift.objects.get().gone_at is None


@pytest.mark.team_holder
def test_a_seat_that_is_about_to_be_told_is_no_difference_until_it_is_stuck(stripe, holder, buy):
    buy(holder)
    MembershipFactory(team=holder)

    assert found() == []

    changed = timezone.now() - timedelta(minutes=16)
    type(holder)._default_manager.filter(pk=holder.pk).update(
        billing_details_last_changed=changed, last_synced_with_stripe=changed - timedelta(days=1)
    )
    assert found() == ["foreign-quantity"]
    assert reconcile("--fix")[0] == 0
    assert seats_at_stripe(stripe, holder) == 2


def test_a_quantity_that_waits_for_its_payment_is_no_difference(stripe, holder, buy):
    row = buy(holder)
    Subscription.objects.filter(pk=row.pk).update(quantity=4)
    until = int((timezone.now() + timedelta(hours=20)).timestamp())
    with stripe:
        patch(stripe, row.stripe_id, {"pending_update": {"expires_at": until, "subscription_items": []}})
        patch(stripe, row.plan_item_id, {"quantity": 4})

    assert found() == ["missed-news"]


# Runs --------------------------------------------------------------------------------------------------


def test_test_rows_of_a_site_that_went_live_end_here_and_not_at_stripe(stripe, holder, buy, settings):
    row = buy(holder)
    settings.STRIPE_LIVE_MODE = True
    asked = stripe.requests.count

    sync.leave_other_mode(holder.pk, row.stripe_customer_id)

    holder.refresh_from_db()
    assert holder.stripe_customer_id == ""
    assert current(holder).status == "canceled"
    assert stripe.requests.count == asked
    assert stripe.get(row.stripe_id)["status"] == "trialing"


def test_two_at_once_the_second_does_nothing(missed_cancellation):
    ReconcileRun.objects.create()

    with pytest.raises(CommandError, match="under way") as refused:
        reconcile()
    tasks.reconcile()

    assert refused.value.returncode == 2
    assert ReconcileRun.objects.count() == 1
    assert not Drift.objects.exists()


def by_a_worker(task, **request):
    task.push_request(is_eager=False, called_directly=False, args=[], kwargs={}, **request)
    try:
        task.run()
    finally:
        task.pop_request()


def test_a_night_whose_worker_was_killed_is_made_up_for(missed_cancellation):
    """Its task is delivered again at once, while the run still looks alive."""
    dead = ReconcileRun.objects.create()

    with pytest.raises(Retry) as later:
        by_a_worker(tasks.reconcile)
    ReconcileRun.objects.update(alive_at=timezone.now() - timedelta(seconds=later.value.when))
    by_a_worker(tasks.reconcile, retries=1)

    dead.refresh_from_db()
    assert "died" in dead.error
    assert current(missed_cancellation.holder).ends_at is not None


@pytest.mark.parametrize("request_", [{"retries": 1}, {"delivery_info": {"redelivered": True}}])
def test_a_night_that_redis_hands_over_again_does_nothing_after_the_first_came_to_its_end(
    missed_cancellation, request_
):
    """Redis takes a task of more than an hour for lost."""
    by_a_worker(tasks.reconcile)

    by_a_worker(tasks.reconcile, **request_)

    assert ReconcileRun.objects.count() == 1


@pytest.mark.parametrize(
    "former", [{"error": "Stripe is away"}, {"finished_at": timezone.now() - timedelta(days=1)}]
)
def test_a_night_that_is_handed_over_again_and_was_not_done_is_done(missed_cancellation, former):
    ReconcileRun.objects.create(**{"running": None, "finished_at": timezone.now(), **former})

    by_a_worker(tasks.reconcile, delivery_info={"redelivered": True})

    assert ReconcileRun.objects.count() == 2


def test_a_night_beside_a_run_that_lives_comes_back_once(missed_cancellation):
    ReconcileRun.objects.create()

    by_a_worker(tasks.reconcile, retries=1)

    assert ReconcileRun.objects.count() == 1
    assert not Drift.objects.exists()


def test_a_run_that_died_is_followed_by_the_next(missed_cancellation):
    dead = ReconcileRun.objects.create(alive_at=timezone.now() - timedelta(minutes=11))

    assert reconcile()[0] == 1

    dead.refresh_from_db()
    assert "died" in dead.error
    assert dead.running is None


def test_when_stripe_goes_away_what_was_seen_is_kept_and_nothing_is_called_gone(
    stripe, missed_cancellation, change_endpoint
):
    reconcile()
    before = Drift.objects.get(kind="missed-news")
    change_endpoint()
    stripe.faults.add({"match": {"method": "GET", "path": "/v1/customers"}, "times": None, "status": 500})

    code, text = reconcile()

    assert code == 2
    assert "It did not come to its end: 500" in text
    assert Drift.objects.get(kind="webhook-endpoint").gone_at is None
    before.refresh_from_db()
    assert before.gone_at is None
    run = ReconcileRun.objects.first()
    assert run.error
    assert run.finished_at is not None


@pytest.fixture
def change_endpoint(stripe):
    def change():
        with stripe:
            patch(stripe, stripe.all("webhook_endpoint")[0]["id"], {"status": "disabled"})

    return change


def test_a_key_of_another_account_compares_nothing(missed_cancellation):
    other = Account.objects.create(id="acct_other")
    Customer.objects.update(djstripe_owner_account=other)

    code, text = reconcile("--fix")

    assert code == 2
    assert "put the right key in" in text
    assert current(missed_cancellation.holder).ends_at is None


def test_one_that_cannot_be_mended_says_why_and_the_next_gets_its_turn(
    stripe, api, missed_cancellation, change_endpoint
):
    change_endpoint()
    stripe.faults.add(
        {"match": {"method": "POST", "path": "/v1/webhook_endpoints/*"}, "times": None, "status": 500}
    )

    code, text = reconcile("--fix")

    assert code == 1
    assert current(missed_cancellation.holder).ends_at is not None
    left = Drift.objects.get(gone_at=None)
    assert left.kind == "webhook-endpoint"
    assert "try again. 500" in left.error
    assert "failed  webhook-endpoint" in text


@pytest.mark.django_db(transaction=True)
def test_a_holder_deleted_meanwhile_does_not_stop_the_run(stripe, missed_cancellation):
    gone = make_holder(UserFactory())
    type(gone)._default_manager.filter(pk=gone.pk).update(stripe_customer_id="cus_gone")

    def delete(instance, **kwargs):
        if instance.subject == "cus_gone":
            type(gone)._default_manager.filter(pk=gone.pk).delete()

    post_save.connect(delete, sender=Drift)
    code, text = reconcile("--fix")
    post_save.disconnect(delete, sender=Drift)

    run = ReconcileRun.objects.get()
    assert run.error == ""
    assert code == 0, text
    assert current(missed_cancellation.holder).ends_at is not None


def test_what_is_still_there_after_it_was_mended_is_not_called_mended(stripe, missed_cancellation):
    """Another API version: Stripe does not change that of an endpoint."""
    with stripe:
        patch(stripe, stripe.all("webhook_endpoint")[0]["id"], {"api_version": "2020-08-27"})

    code, text = reconcile("--fix")

    assert code == 1
    assert "It is still there after it was mended" in text
    assert Drift.objects.get(kind="webhook-endpoint").gone_at is None


# A person ----------------------------------------------------------------------------------------------


def test_a_person_mends_one_line_and_stands_in_the_log(missed_cancellation, owner):
    reconcile()
    drift = Drift.objects.get()

    assert mend(drift, by=owner)

    drift.refresh_from_db()
    assert drift.mended_by == owner.email
    entry = AuditEntry.objects.get(action="drift.mended")
    assert (entry.actor, entry.target_id) == (owner, str(drift.pk))
    assert mend(drift, by=owner)
    assert AuditEntry.objects.filter(action="drift.mended").count() == 1


def test_seen_again_after_it_was_gone_it_is_a_new_row(stripe, api, missed_cancellation):
    reconcile("--fix")
    api.subscriptions.update(missed_cancellation.stripe_id, {"cancel_at_period_end": False})
    stripe.pending_deliveries()

    reconcile()

    assert [row.gone_at is None for row in Drift.objects.order_by("pk")] == [False, True]


# What it prints ----------------------------------------------------------------------------------------


def test_what_others_wrote_reaches_no_terminal_raw(stripe, missed_cancellation):
    with stripe:
        patch(
            stripe,
            missed_cancellation.stripe_id,
            {"cancellation_details": {"comment": "=1+1\x1b[2J\u202egnp\nok"}},
        )

    _code, text = reconcile()

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "=1+1\N{REPLACEMENT CHARACTER}[2J" in text


@pytest.mark.parametrize("arguments", [(), ("--fix",)])
def test_lines_fit_a_terminal(stripe, api, missed_cancellation, change_endpoint, arguments):
    change_endpoint()
    api.customers.create({"metadata": {"djstripe_subscriber": str(uuid.uuid4())}})
    api.subscription_items.update(missed_cancellation.plan_item_id, {"quantity": 7})
    stripe.pending_deliveries()
    stripe.faults.add({"match": {"method": "POST"}, "times": None, "status": 500})

    _code, text = printed(*arguments)

    assert "1 of others in the account" in text
    assert text.count("\n") > 5
    assert max(map(len, text.splitlines())) <= 80


def test_the_report_for_machines_keeps_its_shape(missed_cancellation, holder):
    _code, text = reconcile("--json")

    report = json.loads(text)
    assert report.keys() == {
        "run",
        "complete",
        "error",
        "customers",
        "not_ours",
        "calls",
        "not_looked_at",
        "differences",
    }
    (line,) = report["differences"]
    assert line["kind"] == "missed-news"
    assert line["holder"] == str(holder.pk)
    assert line["state"] == "drift"
    assert line["ours"]["ends_at"] is None
    assert line["at_stripe"]["ends_at"].startswith("20")
