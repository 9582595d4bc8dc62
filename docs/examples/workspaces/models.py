from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .billing import tell_billing


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    """`bulk_create` and `update` send no signals, so they tell billing themselves; `delete` sends them."""

    def bulk_create(self, objs: Iterable[Workspace], *args: Any, **kwargs: Any) -> list[Workspace]:
        with transaction.atomic():
            made = super().bulk_create(objs, *args, **kwargs)
            tell_billing(workspace.owner_id for workspace in made)
        return made

    def update(self, **values: Any) -> int:
        if not {"owner", "owner_id"} & values.keys():
            return super().update(**values)
        new = values.get("owner_id", values.get("owner"))
        with transaction.atomic():
            former = set(self.select_for_update().values_list("owner_id", flat=True))
            changed = super().update(**values)
            tell_billing({*former, getattr(new, "pk", new)})
        return changed


class Workspace(models.Model):
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.CASCADE,
        related_name="workspaces",
    )
    name = models.CharField(_("name"), max_length=100)

    objects = WorkspaceQuerySet.as_manager()

    former_owner_id: Any = None  # of the save that is under way

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """In one transaction with those who listen: the workspace, and the note that it is to be billed."""
        with transaction.atomic():
            super().save(*args, **kwargs)
