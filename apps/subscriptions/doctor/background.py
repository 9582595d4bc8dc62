"""Broker, worker, beat, and what waits in the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from celery import Celery, current_app
from django.conf import settings
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from apps.core.tasks import broker_errors
from apps.subscriptions.doctor.at_stripe import AtStripe
from apps.subscriptions.doctor.findings import Finding, fail, named, ok, warn
from apps.subscriptions.models import WebhookEvent

PING_SECONDS = 1.0
LATE = timedelta(minutes=10)


def check_broker(at_stripe: AtStripe) -> Iterator[Finding]:
    app: Celery = current_app
    if app.conf.task_always_eager:
        yield _eager()
        return
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=PING_SECONDS)
        yield _worker(app)
    except broker_errors(app) as error:
        yield fail(
            f"The broker does not answer: {error}.",
            "Start Redis, and look at REDIS_URL. Events wait in the inbox.",
        )


def _eager() -> Finding:
    text = "REDIS_URL is empty: tasks run in the request, and nothing runs by the clock"
    if settings.DEBUG:
        return ok(f"{text}. That is all right on your own machine.")
    return warn(f"{text}.", "Set REDIS_URL and start a worker with beat.")


def _worker(app: Celery) -> Finding:
    answers = app.control.ping(timeout=PING_SECONDS)
    if answers:
        return ok(f"{len(answers)} worker(s) answer.")
    return fail(
        "The broker answers, but no worker does: events wait in the inbox.",
        "Start one: celery -A config worker.",
    )


def check_beat(at_stripe: AtStripe) -> Iterator[Finding]:
    if current_app.conf.task_always_eager:
        yield ok("Not needed without a broker; run sync_subscriptions by hand or by cron.")
        return
    running = PeriodicTask.objects.filter(enabled=True).values_list("task", flat=True)
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    if missing := sorted(wanted - set(running)):
        yield fail(
            f"Nothing starts {named(missing)}.",
            "Start beat once: celery -A config beat writes the schedule. Switch on what is off in the admin.",
        )
    else:
        yield ok(f"{len(wanted)} tasks run by the clock.")


def check_inbox(at_stripe: AtStripe) -> Iterator[Finding]:
    rows = WebhookEvent.objects.filter(processed_at__isnull=True)
    failed = rows.filter(failed_at__isnull=False).count()
    oldest = rows.filter(failed_at__isnull=True).order_by("received_at").first()
    if failed:
        yield fail(
            f"{failed} event(s) were given up after three days of trying.",
            "Read why in the admin under Webhook events, mend it, and work them again there.",
        )
    if oldest and timezone.now() - oldest.received_at > LATE:
        minutes = int((timezone.now() - oldest.received_at).total_seconds() // 60)
        why = f" Its last error: {oldest.error.strip().splitlines()[-1]}." if oldest.error.strip() else ""
        yield warn(
            f"The oldest waiting event, {oldest.event_id}, has waited for {minutes} minutes.{why}",
            "Start the worker and beat, or run process_webhooks.",
        )
    elif not failed:
        yield ok("No event waits for long.")
