"""Whose account is switched off gets none of the mails that wait for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from apps.core.outbox.posting import withdraw
from apps.users.models import CustomUser


@receiver(post_save, sender=CustomUser)
def withdraw_mails(
    instance: CustomUser, created: bool, raw: bool, update_fields: Iterable[str] | None, **kwargs: Any
) -> None:
    if raw or created or instance.is_active:
        return
    if update_fields is None or "is_active" in update_fields:
        withdraw(instance.email, "The account was switched off.")
