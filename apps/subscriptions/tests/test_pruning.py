"""What is forgotten each night, and what never is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from djstripe.models import Event

from apps.core.models import AuditEntry
from apps.subscriptions import pruning, tasks
from apps.subscriptions.models import Drift, Notice, ReconcileRun, WebhookEvent

pytestmark = pytest.mark.django_db


def ago(days):
    return timezone.now() - timedelta(days=days)


def events(count, **columns):
    WebhookEvent.objects.bulk_create(
        WebhookEvent(event_id=f"evt_{columns}_{n}", type="x", payload={}, **columns) for n in range(count)
    )


def a_notice(key, kind, days):
    return Notice.objects.create(
        key=key, kind=kind, audience=Notice.Audience.OPERATORS, sent_at=ago(days) if days else None
    )


def test_old_events_go_and_those_nobody_has_worked_stay():
    events(3, received_at=ago(95), processed_at=ago(91))
    events(2, received_at=ago(95), processed_at=ago(89))
    events(1, received_at=ago(95), failed_at=ago(92))
    events(1, received_at=ago(95))

    tasks.prune_webhook_events()

    assert WebhookEvent.objects.count() == 4
    assert not WebhookEvent.objects.filter(processed_at__lt=ago(90)).exists()


def test_many_go_in_small_pieces(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(pruning, "PIECE", 100)
    events(1050, processed_at=ago(91))

    with django_assert_max_num_queries(60) as asked:
        gone = pruning.prune()

    assert gone == 1050
    deletes = [query["sql"] for query in asked.captured_queries if query["sql"].startswith("DELETE")]
    assert len(deletes) == 11


def test_what_does_not_fit_into_the_night_is_left_for_the_next(monkeypatch, caplog):
    monkeypatch.setattr(pruning, "SECONDS", 0)
    events(5, processed_at=ago(91))

    assert pruning.prune() == 0
    assert "the rest is for tomorrow" in caplog.text

    monkeypatch.undo()
    assert pruning.prune() == 5


def test_djstripes_copy_goes_too():
    Event.objects.create(id="evt_old", type="x", data={}, livemode=False, stripe_data={}, api_version="")
    Event.objects.update(djstripe_created=ago(91))
    Event.objects.create(id="evt_new", type="x", data={}, livemode=False, stripe_data={}, api_version="")

    pruning.prune()

    assert [event.id for event in Event.objects.all()] == ["evt_new"]


def test_operations_are_remembered_for_a_year_and_what_is_open_for_good():
    for days in (400, 300):
        Drift.objects.create(kind="missed-news", subject=f"sub_{days}", gone_at=ago(days))
        ReconcileRun.objects.create(running=None, started_at=ago(days), finished_at=ago(days))
    Drift.objects.create(kind="missed-news", subject="sub_open", first_seen_at=ago(400))

    pruning.prune()

    assert sorted(Drift.objects.values_list("subject", flat=True)) == ["sub_300", "sub_open"]
    assert ReconcileRun.objects.count() == 1


def test_mails_to_payers_and_the_audit_log_stay_for_good():
    AuditEntry.objects.create(action="team.created", at=ago(4000))
    a_notice("plan_ended:sub_1", Notice.Kind.PLAN_ENDED, 4000)
    a_notice("events_late:old", Notice.Kind.EVENTS_LATE, 400)
    a_notice("events_late:never-left", Notice.Kind.EVENTS_LATE, None)

    pruning.prune()

    assert set(Notice.objects.values_list("key", flat=True)) == {
        "plan_ended:sub_1",
        "events_late:never-left",
    }
    assert AuditEntry.objects.count() == 1
