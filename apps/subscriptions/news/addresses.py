"""Keeps the address on invoices true (policy P12): it follows the billing contact's verified address."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import email_changed
from django.db.models.signals import post_save
from django.dispatch import receiver

from apps.core.tasks import enqueue
from apps.subscriptions.holders import holder_model
from apps.subscriptions.tasks import push_billing_address
from apps.teams.models import Team
from apps.users.models import CustomUser

WATCHED = {"billing_contact", "billing_email", "name"}


@receiver(email_changed)
def on_email_changed(user: CustomUser, **kwargs: Any) -> None:
    """allauth tells of a new address once it is verified."""
    holders = holder_model()._default_manager
    mine = (
        holders.filter(pk=user.pk) if holder_model() is CustomUser else holders.filter(billing_contact=user)
    )
    for holder_id in mine.exclude(stripe_customer_id="").values_list("pk", flat=True):
        enqueue(push_billing_address, str(holder_id))


@receiver(post_save, sender=Team)
@receiver(post_save, sender=CustomUser)
def on_holder_saved(
    instance: Team | CustomUser, created: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    touched = update_fields is None or WATCHED & update_fields
    if touched and instance.stripe_customer_id and not created and isinstance(instance, holder_model()):
        enqueue(push_billing_address, str(instance.pk))
