"""Before an old SECRET_KEY is taken away: what waits is sealed with the new one."""

from __future__ import annotations

from apps.core.outbox.letters import sealed_anew
from apps.core.outbox.models import OutgoingMail
from apps.core.outbox.sending import waiting
from apps.core.seals import CannotOpen


def seal_waiting_anew() -> tuple[int, int]:
    """How many mails are sealed with today's key now, and how many could not be opened."""
    done = [_sealed_anew(row) for row in waiting().order_by("pk").iterator(chunk_size=100)]
    return done.count(True), done.count(False)


def _sealed_anew(row: OutgoingMail) -> bool:
    """What leaves meanwhile has no content any more, and gets none back."""
    try:
        content = sealed_anew(row)
    except CannotOpen:
        return False
    waiting().filter(pk=row.pk).update(content=content)
    return True
