"""Pages, admin, shell, cascades and bulk deletions all pass here."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from .billing import tell_billing
from .models import Workspace


@receiver(pre_save, sender=Workspace)
def remember_owner(instance: Workspace, **kwargs: Any) -> None:
    stored = Workspace.objects.select_for_update().filter(pk=instance.pk)
    instance.former_owner_id = stored.values_list("owner_id", flat=True).first()


@receiver(post_save, sender=Workspace)
def on_saved(instance: Workspace, **kwargs: Any) -> None:
    if instance.owner_id != instance.former_owner_id:
        tell_billing({instance.owner_id, instance.former_owner_id})


@receiver(post_delete, sender=Workspace)
def on_deleted(instance: Workspace, **kwargs: Any) -> None:
    tell_billing({instance.owner_id})
