"""What of a subscription's row, and of its discounts, Stripe has otherwise. Asks nobody at Stripe."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone
from djstripe.models import Subscription as Mirrored

from apps.subscriptions.gateway import Json
from apps.subscriptions.models import Status, Subscription
from apps.subscriptions.row_values import Known, row_values
from apps.subscriptions.services.reconcile.findings import for_json
from apps.subscriptions.stripe_api.snapshots import CustomerSnapshot
from apps.subscriptions.stripe_values import id_of

ALWAYS_OTHER = frozenset({"synced_at"})
BY_INVOICES = frozenset({"past_due_since"})
"""What can be said with the customer's invoices only."""


def differing(row: Subscription, values: dict[str, Any], *, without: Collection[str] = ()) -> dict[str, Any]:
    """The columns that sync would write otherwise, as they are at Stripe."""
    names = values.keys() - ALWAYS_OTHER - set(without)
    return {name: values[name] for name in sorted(names) if getattr(row, name) != values[name]}


def looks_otherwise(row: Subscription, snapshot: CustomerSnapshot, known: Known, discounts: Json) -> bool:
    """By one line of Stripe's list, which knows no invoices."""
    (data,) = snapshot.subscriptions
    values = row_values(data, snapshot, known)
    return bool(differing(row, values, without=BY_INVOICES)) or discounts_differ(data, discounts)


def mirrored_discounts(ids: Iterable[str]) -> Json:
    """{subscription: ids of its discounts} as pages show them (one query); none for one not mirrored."""
    rows = Mirrored.objects.filter(id__in=list(ids)).values_list("id", "stripe_data__discounts")
    return {id: [id_of(discount) for discount in discounts or []] for id, discounts in rows}


def discounts_differ(data: Json, mirrored: Json) -> bool:
    """By their ids: a coupon that others use changes without any news about this subscription."""
    known = mirrored.get(data["id"])
    return known is not None and known != discount_ids(data)


def discount_ids(data: Json) -> list[str]:
    return [id_of(discount) for discount in data.get("discounts") or []]


def is_stale_trial(row: Subscription) -> bool:
    return row.status == Status.TRIALING and row.trial_end is not None and row.trial_end <= timezone.now()


def as_json(values: dict[str, Any]) -> Json:
    return {name: for_json(value) for name, value in values.items()}
