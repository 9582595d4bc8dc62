"""What of the outbox wants somebody's attention."""

from __future__ import annotations

from django.utils import timezone

from apps.core.outbox.sending import waiting
from apps.core.piles import LATE, Pile, pile_of


def late_mails() -> Pile:
    """Mails that should have left: the mail server is away, or nobody sends."""
    late = waiting().filter(created_at__lte=timezone.now() - LATE)
    return pile_of(late.order_by("due_at"), "created_at")
