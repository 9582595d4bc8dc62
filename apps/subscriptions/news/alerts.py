"""What ADMINS are told when work stands still: looked at each minute, by the sweeper that would do the work.

Events that have waited for 15 minutes are told, once an hour while they do, and once more when none does.
A sweeper that stood still tells how long as soon as it runs again; while it stands, `/health/ready/` does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.piles import LATE
from apps.subscriptions import attention
from apps.subscriptions.mails import notices
from apps.subscriptions.models import Notice, Pulse, WebhookEvent

AGAIN_AFTER = timedelta(hours=1)
LONGEST_ERROR = 300


def look() -> None:
    """Two sweepers at once come one after the other: the pulse's row is locked."""
    with transaction.atomic():
        swept_before = _take_pulse()
        _tell_silence(swept_before)
        inbox = attention.inbox()
        if inbox.waiting.is_late:
            _tell_late(inbox)
        else:
            _tell_all_clear()


def _take_pulse() -> datetime:
    """When the sweeper ran before this time; now, when it never did."""
    now = timezone.now()
    Pulse.objects.get_or_create(name=Pulse.SWEEPER, defaults={"at": now})
    row = Pulse.objects.select_for_update().get(name=Pulse.SWEEPER)
    before, row.at = row.at, now
    row.save(update_fields=["at"])
    return before


def _tell_silence(swept_before: datetime) -> None:
    if not attention.is_silent(swept_before, for_longer_than=LATE):
        return
    data = {"since": swept_before.isoformat(), "until": timezone.now().isoformat()}
    notices.promise(Notice.Kind.SWEEPER_SILENT, data["since"], data=data)


def _tell_late(inbox: attention.Inbox) -> None:
    now = timezone.now()
    told, is_new = Pulse.objects.get_or_create(name=Pulse.EVENTS_LATE, defaults={"at": now})
    if not is_new and now - told.at < AGAIN_AFTER:
        return
    told.at = now
    told.save(update_fields=["at"])
    notices.promise(Notice.Kind.EVENTS_LATE, now.isoformat(), data=_facts(inbox))


def _facts(inbox: attention.Inbox) -> dict[str, Any]:
    """As it is now: the mail says so, and is true whenever it leaves. One that failed says most."""
    waiting = WebhookEvent.objects.filter(processed_at__isnull=True, failed_at__isnull=True)
    by_age = waiting.defer("payload").order_by("received_at")
    oldest = by_age.exclude(error="").first() or by_age.first()
    return {
        "at": timezone.now().isoformat(),
        "waiting": inbox.waiting.count,
        "failing": inbox.failing.count,
        "since": inbox.waiting.oldest.isoformat() if inbox.waiting.oldest else "",
        "event": oldest.event_id if oldest else "",
        "type": oldest.type if oldest else "",
        "customer": oldest.customer_id if oldest else "",
        "attempts": oldest.attempts if oldest else 0,
        "error": last_line(oldest.error) if oldest else "",
    }


def last_line(traceback: str) -> str:
    """What went wrong, without the way there."""
    return next(iter(traceback.strip().splitlines()[-1:]), "")[:LONGEST_ERROR]


def _tell_all_clear() -> None:
    told = Pulse.objects.filter(name=Pulse.EVENTS_LATE).first()
    if told is None:
        return
    told.delete()
    data = {"at": timezone.now().isoformat()}
    notices.promise(Notice.Kind.EVENTS_LATE_OVER, data["at"], data=data)
