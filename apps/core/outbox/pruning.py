from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.core.outbox.models import OutgoingMail

KEPT_FOR = timedelta(days=30)
PIECE = 1_000  # rows a statement: nobody waits long for one


def prune() -> int:
    """Forgets who was written to, and when; what still waits stays. Returns how many rows went."""
    old = OutgoingMail.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).exclude(
        sent_at=None, given_up_at=None
    )
    gone = 0
    while numbers := list(old.order_by("created_at").values_list("pk", flat=True)[:PIECE]):
        gone += OutgoingMail.objects.filter(pk__in=numbers).delete()[0]
    return gone
