"""What wants somebody's attention: what waits and since when, what differs from Stripe, what stands still.

Readiness, the admin's front page and the mails to ADMINS ask here. Every function is one query by an index
that reads `COUNT_TO` rows at most: a day of trouble must not make the question slow too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Min, Q, QuerySet, When
from django.utils import timezone

from apps.core.piles import COUNT_TO, LATE, Pile, pile_of
from apps.subscriptions.models import Drift, Notice, Pulse, ReconcileRun, WebhookEvent

SILENT = timedelta(minutes=5)  # the sweeper runs each minute
RUN_EVERY = timedelta(hours=36)  # a night, and room for a slow one


@dataclass(frozen=True)
class Inbox:
    """Events that are not done. `waiting` holds the failing ones too: they are tried again."""

    waiting: Pile
    failing: Pile
    given_up: Pile

    @property
    def failed(self) -> Pile:
        """What went wrong the last time, whether it is tried again or not."""
        return self.failing + self.given_up


def inbox() -> Inbox:
    """Two queries: given-up rows are kept for ever and must not hide what waits."""
    waiting = _oldest(failed_at__isnull=True).annotate(ok=Case(When(error="", then=True), default=False))
    found = waiting.aggregate(
        all=Count("pk"),
        oldest=Min("received_at"),
        failing=Count("pk", filter=Q(ok=False)),
        oldest_failing=Min("received_at", filter=Q(ok=False)),
    )
    over = _oldest(failed_at__isnull=False).aggregate(all=Count("pk"), oldest=Min("received_at"))
    return Inbox(
        Pile(found["all"], found["oldest"]),
        Pile(found["failing"], found["oldest_failing"]),
        Pile(over["all"], over["oldest"]),
    )


def _oldest(**condition: Any) -> QuerySet[WebhookEvent]:
    """Of what is not done, in the order of the index `unfinished_webhook_events`."""
    rows = WebhookEvent.objects.filter(processed_at__isnull=True, **condition)
    return rows.order_by("failed_at", "received_at").only("pk", "received_at")[:COUNT_TO]


def late_notices() -> Pile:
    """Mails that should have left: the mail server is away, or nobody sends."""
    due = Notice.objects.filter(sent_at__isnull=True, due_at__lte=timezone.now(), created_at__lte=_late())
    return pile_of(due.order_by("due_at"), "created_at")


def _late() -> datetime:
    return timezone.now() - LATE


def open_drift() -> Pile:
    return pile_of(Drift.objects.filter(gone_at__isnull=True).order_by(), "first_seen_at")


def last_run() -> ReconcileRun | None:
    """The newest comparison with Stripe, finished or not."""
    return ReconcileRun.objects.order_by("-pk").first()


def is_run_due() -> bool:
    """Of a site that compares: where no run was ever made, nobody waits for one."""
    run = last_run()
    return run is not None and (bool(run.error) or timezone.now() - run.started_at > RUN_EVERY)


def swept_at() -> datetime | None:
    """When the sweeper ran last; None: never."""
    return Pulse.objects.filter(name=Pulse.SWEEPER).values_list("at", flat=True).first()


def is_silent(at: datetime | None, *, for_longer_than: timedelta = SILENT) -> bool:
    return at is None or timezone.now() - at > for_longer_than
