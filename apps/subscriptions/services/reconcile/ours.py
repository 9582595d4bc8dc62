"""Whose is a customer at Stripe? Others may share the account: another environment, another product.

Ours names its holder in its metadata (`djstripe_subscriber`, a UUID). When there is no such holder, it was
ours if our audit log or the mirror knows it; else it cannot be told from another environment's, and is only
counted: a database that was restored from a backup does not know whom it lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from djstripe.models import Customer

from apps.core.models import AuditEntry
from apps.subscriptions.gateway import Json
from apps.subscriptions.holders import holder_model

MARK = "djstripe_subscriber"


def named_holder(customer: Json) -> str:
    """The primary key in its metadata; "" for none, or one that is no UUID."""
    try:
        return str(UUID((customer.get("metadata") or {}).get(MARK) or ""))
    except ValueError:
        return ""


def holders_of(customers: list[Json]) -> dict[str, bool]:
    """Customers that have a holder here (one query): True if it is the one the holder stores."""
    named = {row["id"]: key for row in customers if (key := named_holder(row))}
    ids = [row["id"] for row in customers]
    wanted = Q(stripe_customer_id__in=ids) | Q(pk__in=set(named.values()))
    found = list(holder_model()._default_manager.filter(wanted).values_list("pk", "stripe_customer_id"))
    keys, stored = {str(pk) for pk, _customer in found}, {customer for _pk, customer in found}
    return {id: id in stored for id in ids if id in stored or named.get(id) in keys}


def were_ours(customers: list[Json]) -> set[str]:
    """Ids of those whose holder is not here (any more) but was (two queries, none for nobody)."""
    named = {row["id"]: key for row in customers if (key := named_holder(row))}
    if not named:
        return set()
    logged = AuditEntry.objects.filter(holder_id__in=set(named.values())).values_list("holder_id", flat=True)
    known = {str(key) for key in logged.distinct().order_by()}
    mirrored = set(Customer.objects.filter(id__in=named).values_list("id", flat=True))
    return {id for id, key in named.items() if key in known or id in mirrored}


def were_deleted(keys: Iterable[str]) -> set[str]:
    """Of these holders those the product itself deleted: their customers stay at Stripe, for the invoices."""
    entries = AuditEntry.objects.filter(target_id__in=list(keys), action__endswith="deleted")
    return set(entries.values_list("target_id", flat=True))
