"""What a holder's seats cost, in kind: by our row alone, before anybody asks Stripe."""

from __future__ import annotations

from enum import StrEnum

from django.utils import timezone

from apps.subscriptions import sync
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import LIVE_STATUSES, Status, Subscription


class Kind(StrEnum):
    """What a holder's seats cost, in kind. Only `PRICED` has amounts."""

    PRICED = "priced"
    FREE = "free"  # nothing to pay for: no plan, a plan that is over, or one given away
    FLAT = "flat"  # one price for all
    BY_USE = "by_use"
    OTHER = "other"  # a product ACTIVE_PRODUCTS does not know: its quantity is left alone
    INCOMPLETE = "incomplete"  # the first payment is open
    WAITS = "waits"  # a change of plan waits for its payment, and the seats with it
    UNPAID = "unpaid"
    PAUSED = "paused"
    ON_HOLD = "on_hold"  # collection is paused
    UNKNOWN = "unknown"  # a status that Stripe invented since


def kind_of(row: Subscription) -> Kind:
    if row.is_over or (row.ends_at and row.ends_at <= timezone.now()):
        return Kind.FREE
    by_status: dict[str, Kind] = {
        Status.INCOMPLETE: Kind.INCOMPLETE,
        Status.UNPAID: Kind.UNPAID,
        Status.PAUSED: Kind.PAUSED,
    }
    if row.status not in LIVE_STATUSES or row.status in by_status:
        return by_status.get(row.status, Kind.UNKNOWN)
    if sync.bills_by_quantity(row) or next_by_quantity(row):
        return _kind_by_quantity(row)
    if row.quantity is None:
        return Kind.BY_USE
    plan = find_plan(row.plan_slug)
    return Kind.FLAT if plan is not None and plan.quantity == "one" else Kind.OTHER


def _kind_by_quantity(row: Subscription) -> Kind:
    if row.waits_for_payment:
        return Kind.WAITS
    return Kind.ON_HOLD if row.collection_paused else Kind.PRICED


def next_by_quantity(row: Subscription) -> bool:
    plan = find_plan(row.next_plan_slug)
    return plan is not None and plan.quantity == "holder" and row.next_quantity is not None
