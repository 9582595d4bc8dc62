"""Who reads mails about a holder's money: the address of its invoices, its language and its time zone."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_supported_language_variant
from djstripe.models import Customer

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.holders import billing_address
from apps.users.languages import chosen_language


@dataclass(frozen=True)
class Payer:
    addresses: list[str]
    language: str
    time_zone: tzinfo


def payer_of(holder: SubscriptionModelBase | None) -> Payer:
    """No addresses when neither the holder nor its customer at Stripe has one."""
    if holder is None:
        return Payer([], settings.LANGUAGE_CODE, timezone.get_default_timezone())
    customer = _customer(holder)
    address = billing_address(holder) or customer.get("email") or ""
    return Payer([address] if address else [], _language(holder, customer), _time_zone(holder))


def _customer(holder: SubscriptionModelBase) -> dict[str, Any]:
    """As the mirror has it; empty when there is none."""
    found = Customer.objects.filter(id=holder.stripe_customer_id).values_list("stripe_data", flat=True)
    return (found.first() if holder.stripe_customer_id else None) or {}


def _language(holder: SubscriptionModelBase, customer: dict[str, Any]) -> str:
    """What the person behind it has chosen; else the first of the customer's languages at Stripe (Checkout
    notes the browser's) that we speak.
    """
    if chosen := chosen_language(holder.billing_contact or holder):
        return chosen
    for code in customer.get("preferred_locales") or []:
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def _time_zone(holder: SubscriptionModelBase) -> tzinfo:
    person = holder.billing_contact or holder
    try:
        return zoneinfo.ZoneInfo(getattr(person, "time_zone", settings.TIME_ZONE))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()
