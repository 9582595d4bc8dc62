"""Each minute: copies whose worker died or whose task got lost, mails that wait, files whose time is up."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from apps.users.exporting.making import MAX_ATTEMPTS, SILENT, State, discard, free_ones
from apps.users.exporting.telling import tell
from apps.users.models import DataExport

# After the file is gone the row says so for a while to whoever follows the link.
REMEMBERED = timedelta(days=30)
AT_ONCE = 100


def to_be_made() -> list[str]:
    """Which a worker should take up."""
    free = DataExport.objects.filter(free_ones(), attempts__lt=MAX_ATTEMPTS).order_by("created_at")
    return [str(pk) for pk in free.values_list("pk", flat=True)[:AT_ONCE]]


def clear_up() -> None:
    _give_up()
    _tell_waiting()
    _end_old()


def _give_up() -> None:
    """Whose last worker died over it."""
    dead = Q(state=State.RUNNING, seen_alive_at__lt=timezone.now() - SILENT, attempts__gte=MAX_ATTEMPTS)
    for export in DataExport.objects.filter(dead)[:AT_ONCE]:
        gone = DataExport.objects.filter(dead, pk=export.pk)
        if gone.update(state=State.FAILED, file="", error="WorkerLost"):
            discard(export.file.name)


def _tell_waiting() -> None:
    waiting = DataExport.objects.filter(state__in=[State.READY, State.FAILED], mail_sent_at=None)
    for export in waiting.select_related("user")[:AT_ONCE]:
        tell(export)


def _end_old() -> None:
    now = timezone.now()
    for export in DataExport.objects.filter(state=State.READY, expires_at__lte=now)[:AT_ONCE]:
        DataExport.objects.filter(pk=export.pk).update(state=State.OVER, file="")
        discard(export.file.name)
    DataExport.objects.filter(state__in=[State.OVER, State.FAILED], created_at__lt=now - REMEMBERED).delete()
