from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from apps.core.tests.redis_doubles import FULL, redis_that_says
from apps.subscriptions.models import Drift, Notice, Pulse, ReconcileRun, WebhookEvent

READY = "/health/ready/"
NOBODY = "redis://127.0.0.1:9/0"  # the discard port: nobody listens


@pytest.fixture
def no_broker(settings):
    settings.REDIS_URL = ""


def ago(**units):
    return timezone.now() - timedelta(**units)


def an_event(name, received_at, **columns):
    return WebhookEvent.objects.create(
        event_id=name, type="invoice.paid", payload={}, received_at=received_at, **columns
    )


def warnings(client):
    return " ".join(client.get(READY).json()["warnings"])


def test_a_living_process_says_ok_without_asking_the_database(client):
    response = client.get("/health/")

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_when_the_database_answers(client, no_broker):
    response = client.get(READY)

    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": {"database": True, "migrations": True},
        "warnings": [],
        "inbox": {
            "waiting": 0,
            "oldest_waiting_seconds": None,
            "failed": 0,
            "oldest_failed_seconds": None,
        },
    }


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client, no_broker):
    MigrationRecorder.Migration.objects.filter(app="teams").delete()

    response = client.get(READY)

    assert response.status_code == 503
    assert response.json()["checks"] == {"database": True, "migrations": False}
    assert response.json()["inbox"]["waiting"] is None


@pytest.mark.django_db
def test_not_ready_while_the_database_is_away_and_nothing_is_given_away(client, no_broker):
    def refuse(*args):
        raise DatabaseError("password authentication failed for user peter")

    with connection.execute_wrapper(refuse):
        response = client.get(READY)

    assert response.status_code == 503
    assert response.json()["checks"]["database"] is False
    assert "peter" not in response.content.decode()


@pytest.mark.django_db
def test_without_the_broker_pages_are_served_and_somebody_is_warned(client, settings):
    settings.REDIS_URL = NOBODY
    Pulse.objects.create(name=Pulse.SWEEPER, at=timezone.now())

    response = client.get(READY)

    assert response.status_code == 200
    assert response.json()["ready"] is True
    assert response.json()["checks"]["broker"] is False
    assert response.json()["warnings"] == [
        "The broker does not answer. Events and changes of seats wait in the database."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("says", "answers"), [(b"", False), (FULL, False), (b"+OK\r\n", True)])
def test_a_broker_that_is_frozen_or_full_takes_no_work(client, settings, says, answers):
    with redis_that_says(says) as settings.REDIS_URL:
        response = client.get(READY)

    assert response.status_code == 200
    assert response.json()["checks"]["broker"] is answers


@pytest.mark.django_db
def test_what_waits_and_what_failed_is_counted_with_the_age_of_the_oldest(client, no_broker):
    an_event("evt_done", ago(days=2), processed_at=timezone.now(), error="once")
    an_event("evt_new", ago(seconds=30))
    an_event("evt_failing", ago(minutes=20), attempts=3, error="Traceback: secret of ours")
    an_event("evt_given_up", ago(days=4), failed_at=ago(days=1), error="ouch")

    response = client.get(READY)

    found = response.json()["inbox"]
    assert (found["waiting"], found["failed"]) == (2, 2)
    assert 1200 <= found["oldest_waiting_seconds"] < 1300
    assert 4 * 86400 <= found["oldest_failed_seconds"] < 4 * 86400 + 100
    assert response.json()["warnings"] == [
        "2 events wait, the oldest for 20 min.",
        "1 event was given up after days of trying.",
    ]
    assert "secret of ours" not in response.content.decode()


@pytest.mark.django_db
def test_an_event_that_waits_a_moment_is_no_trouble(client, no_broker):
    an_event("evt_1", ago(minutes=10), attempts=2, error="Stripe is away")

    assert warnings(client) == ""


@pytest.mark.django_db
def test_a_clock_that_runs_ahead_gives_no_age_below_nothing(client, no_broker):
    an_event("evt_1", timezone.now() + timedelta(hours=1))

    assert client.get(READY).json()["inbox"]["oldest_waiting_seconds"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "warned"), [(1, False), (6, True)])
def test_a_sweeper_that_stands_still_is_told(client, settings, minutes, warned):
    settings.REDIS_URL = NOBODY
    Pulse.objects.create(name=Pulse.SWEEPER, at=ago(minutes=minutes))

    assert ("stands still" in warnings(client)) is warned


@pytest.mark.django_db
def test_mails_differences_and_a_comparison_that_failed_are_told(client, no_broker):
    Notice.objects.create(
        key="x", kind="event_given_up", audience=Notice.Audience.OPERATORS, created_at=ago(hours=2)
    )
    Drift.objects.create(kind="status", subject="sub_1")
    Drift.objects.create(kind="status", subject="sub_2", gone_at=timezone.now())
    ReconcileRun.objects.create(error="Stripe did not answer")

    assert client.get(READY).json()["warnings"] == [
        "1 mail waits, the oldest for 120 min.",
        "1 difference between Stripe and this database.",
        "The last comparison with Stripe did not come to its end, or is more than 36 hours old.",
    ]


@pytest.mark.django_db
def test_what_cannot_be_counted_is_a_warning_not_an_error(client, no_broker):
    def too_slow(execute, sql, *args):
        if "subscriptions_webhookevent" in sql:
            raise DatabaseError("canceling statement due to statement timeout")
        return execute(sql, *args)

    with connection.execute_wrapper(too_slow):
        response = client.get(READY)

    assert response.status_code == 200
    assert "could not be counted" in response.json()["warnings"][0]
    assert response.json()["inbox"]["waiting"] is None


@pytest.mark.django_db
def test_more_events_ask_no_more(client, no_broker, queries_of):
    def arrived(numbers):
        WebhookEvent.objects.bulk_create(
            WebhookEvent(event_id=f"evt_{n}", type="x", payload={}, received_at=ago(minutes=n))
            for n in numbers
        )

    arrived(range(1, 3))
    of_few = queries_of(lambda: client.get(READY))
    arrived(range(3, 501))

    assert queries_of(lambda: client.get(READY)) == of_few
    assert client.get(READY).json()["inbox"]["waiting"] == 500


@pytest.mark.django_db
def test_only_looking_is_allowed(client, no_broker):
    assert client.head(READY).status_code == 200
    assert client.head(READY).content == b""
    assert [client.post(READY).status_code, client.put(READY).status_code] == [405, 405]


@pytest.mark.django_db(transaction=True)
def test_a_table_that_somebody_has_locked_holds_nobody_up(client, no_broker):
    """A migration that takes its time, say. Without the limit this test would not come to its end."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no lock that keeps readers away")
    other = connection.copy()

    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE subscriptions_webhookevent IN ACCESS EXCLUSIVE MODE")
        response = client.get(READY)
        cursor.execute("ROLLBACK")

    assert response.status_code == 200
    assert "could not be counted" in response.json()["warnings"][0]
