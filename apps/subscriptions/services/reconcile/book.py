"""What was found, written down: one open row a difference, closed when it is gone."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from apps.subscriptions.error_texts import clean_error
from apps.subscriptions.holders import lock_holder
from apps.subscriptions.models import Drift
from apps.subscriptions.services.reconcile.findings import Finding
from apps.subscriptions.services.reconcile.kinds import KINDS, Stage


@transaction.atomic
def note(finding: Finding) -> Drift:
    """The open row of this difference, made or brought up to date. DoesNotExist: the holder is gone."""
    if finding.holder is not None:
        lock_holder(finding.holder.pk)
    now = timezone.now()
    values = {
        "customer_id": finding.customer_id,
        "holder": finding.holder,
        "ours": finding.ours,
        "at_stripe": finding.at_stripe,
        "last_seen_at": now,
    }
    drift, _made = Drift.objects.update_or_create(
        kind=finding.kind,
        subject=finding.subject,
        gone_at=None,
        defaults=values,
        create_defaults={**values, "first_seen_at": now},
    )
    return drift


def close_unseen(stage: Stage, seen: Collection[tuple[str, str]], *, but_of: Collection[str]) -> int:
    """What this stage did not find again is gone. Only after it has looked at everything.

    Not what is about those customers: they were not looked at.
    """
    kinds = [name for name, kind in KINDS.items() if kind.stage == stage]
    closed = 0
    for drift in (
        Drift.objects.filter(kind__in=kinds, gone_at=None)
        .exclude(customer_id__in=but_of)
        .only("pk", "kind", "subject")
    ):
        if (drift.kind, drift.subject) not in seen:
            closed += Drift.objects.filter(pk=drift.pk, gone_at=None).update(gone_at=timezone.now())
    return closed


def close(drift: Drift, *, mended_by: str) -> bool:
    """False when somebody else closed it first, or its holder was deleted, and the row with it."""
    drift.gone_at, drift.mended_by, drift.error = timezone.now(), mended_by, ""
    own = Drift.objects.filter(pk=drift.pk, gone_at=None)
    return own.update(gone_at=drift.gone_at, mended_by=mended_by, error="") == 1


def credit(drift: Drift, *, mended_by: str) -> None:
    """One that was found gone: something that was done just now had mended it by the way."""
    Drift.objects.filter(pk=drift.pk, mended_by="").update(mended_by=mended_by)


def note_error(drift: Drift, text: str) -> None:
    """Nothing for a row that is gone: with its holder, or with its age."""
    drift.error = clean_error(text)
    Drift.objects.filter(pk=drift.pk).update(error=drift.error)
