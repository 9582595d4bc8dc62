"""How many workspaces are billed, and the news that the number moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from apps.core.tasks import enqueue
from apps.subscriptions.tasks import match_seats
from apps.users.models import CustomUser


def billed_workspaces(self: CustomUser) -> int:
    """`CustomUser.get_quantity`: Stripe bills for at least one."""
    return max(1, self.workspaces.count())


def tell_billing(owner_ids: Iterable[Any]) -> None:
    """Some of these users may own more or fewer workspaces now. Call it in the transaction that does it.

    The note on the user stays or goes with that transaction, and the hourly `sync_subscriptions` finds it
    whatever becomes of the task. The task runs after the commit, with an id, and sets the count of that
    moment: twice, late or in another order, Stripe ends with the right number.
    """
    ids = {owner_id for owner_id in owner_ids if owner_id}
    lock_owners(ids)
    CustomUser.objects.filter(pk__in=ids).update(billing_details_last_changed=timezone.now())
    for owner_id in ids:
        enqueue(match_seats, str(owner_id))


def lock_owners(ids: Iterable[Any]) -> None:
    """In one order everywhere, and after the workspaces: two transfers never wait for each other."""
    list(CustomUser.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
