"""What pages call. The plan's limit is asked under a lock on the owner, or two clicks would pass together."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.errors import BillingError
from apps.users.models import CustomUser

from .billing import lock_owners
from .models import Workspace


class WorkspaceLimit(BillingError):
    customer_text = _("This plan takes no further workspace. Choose a larger one.")


def create_workspace(owner: CustomUser, name: str) -> Workspace:
    """Raises WorkspaceLimit when the owner's plan is full (`max_seats` in metadata.py)."""
    with transaction.atomic():
        lock_owners({owner.pk})
        _require_room(owner)
        return Workspace.objects.create(owner=owner, name=name)


def transfer_workspace(workspace: Workspace, to: CustomUser) -> None:
    """From then on the new owner pays for it. Raises WorkspaceLimit."""
    with transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
        lock_owners({workspace.owner_id, to.pk})
        _require_room(to)
        workspace.owner = to
        workspace.save(update_fields=["owner"])


def _require_room(owner: CustomUser) -> None:
    limit = entitlements_for(owner).seat_limit
    if limit is not None and owner.workspaces.count() >= limit:
        raise WorkspaceLimit(f"{owner.pk} has {limit} workspaces, as many as the plan takes")
