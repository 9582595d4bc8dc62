"""The run of the night: mends what only shows Stripe's truth, and tells operators what is new."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.subscriptions.mails import notices
from apps.subscriptions.models import Drift, Notice, ReconcileRun
from apps.subscriptions.services.reconcile.kinds import Mending
from apps.subscriptions.services.reconcile.run import NIGHTLY, reconcile

WAS_JUST_DONE = timedelta(hours=1)


def was_just_done() -> bool:
    """Whether a comparison came to its end a moment ago: a task handed over again has nothing to do."""
    newest = ReconcileRun.objects.order_by("-pk").first()
    if newest is None or newest.finished_at is None or newest.error:
        return False
    return newest.finished_at > timezone.now() - WAS_JUST_DONE


def reconcile_nightly() -> None:
    """Raises UnderWay while another run is at it, or seems to be."""
    run = reconcile(frozenset({Mending.BY_ITSELF}), how=NIGHTLY)
    with transaction.atomic():
        _tell(run)


def _tell(run: ReconcileRun) -> None:
    """One mail a night, when something is new, or not everything could be looked at."""
    new = list(Drift.objects.filter(first_seen_at__gte=run.started_at).only("kind", "gone_at"))
    if not new and not run.error:
        return
    left, mended = (
        Counter(row.kind for row in new if (row.gone_at is None) is is_left) for is_left in (True, False)
    )
    data = {"left": dict(left), "mended": dict(mended), "error": run.error}
    notices.promise(Notice.Kind.DRIFT_FOUND, f"run:{run.pk}", data=data)
