"""Who owns a subscription: a team, or a user when SUBSCRIPTION_HOLDER_MODEL says so."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.core.billing import SubscriptionModelBase
from apps.core.reversing import address
from apps.subscriptions.metadata import ProductMetadata


def holder_model() -> type[SubscriptionModelBase]:
    """Raises ImproperlyConfigured when the setting names no model: no system check has run yet."""
    try:
        return apps.get_model(settings.SUBSCRIPTION_HOLDER_MODEL)
    except (LookupError, ValueError) as error:
        raise ImproperlyConfigured(
            f"SUBSCRIPTION_HOLDER_MODEL is {settings.SUBSCRIPTION_HOLDER_MODEL!r}, which is no model: "
            'use "teams.Team" or "users.CustomUser"'
        ) from error


def lock_holder(holder_id: Any) -> SubscriptionModelBase:
    """The holder's row, locked until the transaction ends. Always the first lock taken (DESIGN 5.1).

    `no_key`: inserts that only refer to the holder (a new member) do not wait for it.
    """
    return holder_model()._default_manager.select_for_update(no_key=True).get(pk=holder_id)


def billing_url(page: str, holder: SubscriptionModelBase) -> str:
    """The path of a holder's billing page, e.g. `billing_url("tab", team)`."""
    return billing_url_of(page, getattr(holder, "slug", ""))


def billing_url_of(page: str, slug: str) -> str:
    """The same for the holder of this slug; "" is a person, who has none."""
    return address(f"subscriptions:{page}", **({"team_slug": slug} if slug else {}))


def holder_label(holder: SubscriptionModelBase) -> str:
    """The name Stripe's invoices carry."""
    return str(getattr(holder, "name", "") or holder)


def billed_quantity(holder: SubscriptionModelBase, plan: ProductMetadata | None) -> int:
    """What Stripe bills on this plan: the count, at least 1, or always 1 where one price is for all."""
    return 1 if plan is not None and plan.quantity == "one" else max(1, holder.get_quantity())


def billing_address(holder: SubscriptionModelBase) -> str:
    """Where invoices go: the fixed address if set, else the billing contact's (policy P12)."""
    if holder.billing_email:
        return holder.billing_email
    contact = holder.billing_contact or holder
    return getattr(contact, "email", "")
