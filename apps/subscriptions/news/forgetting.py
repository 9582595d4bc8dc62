"""Listens to accounts that end: what stays for the books names the person no more."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from apps.subscriptions.models import Comp, SeatChange
from apps.users.signals import account_forgotten


@receiver(account_forgotten)
def forget_in_ledgers(addresses: list[str], word: str, **kwargs: Any) -> None:
    """How many seats there were, and when, is what was paid for. A ledger's own manager changes no line."""
    lines = SeatChange._base_manager
    lines.filter(person_label__in=addresses).update(person_label=word)
    lines.filter(actor_label__in=addresses).update(actor_label=word)
    Comp.objects.filter(by_label__in=addresses).update(by_label=word)
