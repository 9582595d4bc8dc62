"""Stripe or the run itself goes away while differences are mended: the rest gets its turn, now or later."""

from __future__ import annotations

import pytest
from django.db.models.signals import post_save

from apps.core.models import AuditEntry
from apps.subscriptions import tasks
from apps.subscriptions.models import Drift, ReconcileRun
from apps.subscriptions.services.reconcile import news
from apps.subscriptions.tests.conftest import committed, current
from apps.subscriptions.tests.test_reconcile import reconcile

pytestmark = pytest.mark.django_db


@pytest.fixture
def seconds(stripe, api, holder, buy):
    """Six customers of one holder, five of them too many."""
    buy(holder)
    mark = {"djstripe_subscriber": str(holder.pk)}
    return [api.customers.create({"metadata": mark}).id for _number in range(5)]


def fail(stripe, customers, **how):
    """Whatever changes those customers fails, until that is cleared."""
    for id in customers:
        match = {"method": "POST", "path": f"/v1/customers/{id}"}
        stripe.faults.add({"match": match, "times": None, **how})


FAILURES = [{"status": 429, "retry_after": 0}, {"status": 500}]


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("number", [1, 2])
def test_a_failure_in_the_middle_of_mending_holds_up_nobody(stripe, seconds, failure, number):
    fail(stripe, [seconds[number]], **failure)

    code, _text = reconcile("--fix")

    assert code == 1
    assert [drift.subject for drift in Drift.objects.filter(gone_at=None)] == [seconds[number]]
    stripe.faults.clear()
    assert reconcile("--fix")[0] == 0


def test_an_answer_that_gets_lost_in_the_middle_of_mending_changes_nothing(stripe, seconds):
    fail(stripe, seconds[1:3], drop_response=True)

    assert reconcile("--fix")[0] == 0

    assert not Drift.objects.filter(gone_at=None).exists()
    assert AuditEntry.objects.filter(action="drift.mended").count() == 5


@pytest.mark.parametrize("failure", FAILURES)
def test_when_stripe_goes_away_in_the_middle_of_mending_the_rest_is_left(stripe, seconds, failure):
    """Each of fifty would wait half a minute for nothing."""
    fail(stripe, seconds[:4], **failure)  # the newest is the first of the list

    code, text = reconcile("--fix")

    assert code == 2
    assert "away 3 times in a row" in " ".join(text.split())
    states = [bool(drift.error) for drift in Drift.objects.filter(gone_at=None).order_by("pk")]
    assert states == [True, True, True, False]
    stripe.faults.clear()
    assert reconcile("--fix")[0] == 0
    assert not Drift.objects.filter(gone_at=None).exists()


def test_many_that_staff_mend_do_not_wait_for_a_stripe_that_is_away(stripe, seconds, owner, monkeypatch):
    monkeypatch.setattr(tasks, "CHUNK_SECONDS", 0)  # a task of its own for each
    reconcile()
    fail(stripe, seconds, status=500)

    numbers = list(Drift.objects.order_by("pk").values_list("pk", flat=True))
    with committed():
        tasks.mend_differences(numbers, str(owner.pk))

    errors = [drift.error[:9] for drift in Drift.objects.order_by("pk")]
    assert errors == ["It is not"] * 3 + ["Not tried"] * 2


def test_a_run_that_was_taken_for_dead_leaves_the_work_to_the_other(stripe, missed_cancellation):
    """A laptop that slept, a worker that hung."""

    def take_for_dead(instance, **kwargs):
        ReconcileRun.objects.filter(running=True).update(running=None, error="It died on the way")

    post_save.connect(take_for_dead, sender=Drift)
    code, text = reconcile("--fix")
    post_save.disconnect(take_for_dead, sender=Drift)

    assert code == 2
    assert "took this one for dead" in " ".join(text.split())
    assert current(missed_cancellation.holder).ends_at is None


def test_fetching_lost_news_gives_signs_of_life(stripe, missed_cancellation):
    customer = stripe.get(missed_cancellation.stripe_customer_id)
    with stripe:
        for _number in range(250):
            stripe.emit("customer.source.created", customer)
    stripe.pending_deliveries()
    signs = []

    news.fetch_lost_news(news.REACH, lambda: signs.append(1))

    assert len(signs) >= 2
