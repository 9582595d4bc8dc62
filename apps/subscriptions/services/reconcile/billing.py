"""All customers and subscriptions by Stripe's lists: who is worth a closer look. A query or two a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count

from apps.subscriptions import stripe_api, sync
from apps.subscriptions.gateway import Json
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import LIVE_STATUSES, OVER_STATUSES, Subscription
from apps.subscriptions.services.checkout import holders_with_needless_checkout
from apps.subscriptions.services.reconcile import compare, ours
from apps.subscriptions.stripe_api.snapshots import CustomerSnapshot

CHUNK = 1000


@dataclass
class Pass:
    """What is kept of a pass over everything: ids."""

    alive: Callable[[], object]  # called after each page
    suspects: dict[str, None] = field(default_factory=dict)  # customers, in the order they were met
    subscriptions: set[str] = field(default_factory=set)  # seen at Stripe, and ours
    customers: set[str] = field(default_factory=set)
    not_ours: int = 0

    def suspect(self, customer_id: str) -> None:
        if customer_id:
            self.suspects[customer_id] = None


def walk(walked: Pass) -> None:
    """Both lists, then what they did not show. Raises BillingError when Stripe is away."""
    for snapshots in stripe_api.snapshots.list_pages():
        _compare_page(walked, snapshots)
        walked.alive()
    for customers in stripe_api.customers.list_pages():
        _compare_customers(walked, customers)
        walked.alive()
    for customer_id in _not_shown(walked):
        walked.suspect(customer_id)
    for customer_id in _by_rows_alone():
        walked.suspect(customer_id)


def _compare_page(walked: Pass, page: list[CustomerSnapshot]) -> None:
    data = [snapshot.subscriptions[0] for snapshot in page]
    schedules = {id: row for snapshot in page for id, row in snapshot.schedules.items()}
    known = sync.known_in(data, schedules)
    ids = [row["id"] for row in data]
    rows = {row.stripe_id: row for row in _rows(ids)}
    discounts = compare.mirrored_discounts(ids)
    strangers = []
    for snapshot in page:
        row = rows.get(snapshot.subscriptions[0]["id"])
        if row is None:
            strangers.append(snapshot)
            continue
        walked.subscriptions.add(row.stripe_id)
        if _is_suspect(row, snapshot, known, discounts):
            walked.suspect(row.stripe_customer_id)
    _sort_strangers(walked, strangers)


def _rows(ids: list[str]) -> Any:
    return Subscription.objects.filter(stripe_id__in=ids).select_related("holder")


def _is_suspect(row: Subscription, snapshot: CustomerSnapshot, known: Any, discounts: Json) -> bool:
    if snapshot.customer is None:  # deleted: only its invoices are left, and the row as it was then
        return not row.is_over
    if compare.looks_otherwise(row, snapshot, known, discounts):
        return True
    if not row.is_current or not row.is_live:
        return False
    return sync.seats_are_off(row, max(1, row.holder.get_quantity()))


def _sort_strangers(walked: Pass, snapshots: list[CustomerSnapshot]) -> None:
    """Subscriptions without a row: of a holder, of one who is gone, or of somebody else."""
    customers = [snapshot.customer for snapshot in snapshots if snapshot.customer is not None]
    holders = ours.holders_of(customers) if customers else {}
    gone = ours.were_ours([row for row in customers if row["id"] not in holders])
    for snapshot in snapshots:
        (data,) = snapshot.subscriptions
        if data["customer"] in holders or (data["customer"] in gone and data["status"] not in OVER_STATUSES):
            walked.suspect(data["customer"])
        elif data["customer"] not in gone:
            walked.not_ours += 1


def _compare_customers(walked: Pass, customers: list[Json]) -> None:
    holders = ours.holders_of(customers)
    others = [row for row in customers if row["id"] not in holders]
    gone = ours.were_ours(others)
    deleted = ours.were_deleted(ours.named_holder(row) for row in others if row["id"] in gone)
    for row in customers:
        if holders.get(row["id"]):
            walked.customers.add(row["id"])
        elif row["id"] in holders or (row["id"] in gone and ours.named_holder(row) not in deleted):
            walked.suspect(row["id"])
        elif row["id"] not in gone:
            walked.not_ours += 1


def _not_shown(walked: Pass) -> Iterator[str]:
    """Customers of ours that Stripe's lists did not show, themselves or a subscription that runs here."""
    running = Subscription.objects.exclude(status__in=OVER_STATUSES)
    for id, customer in running.values_list("stripe_id", "stripe_customer_id").iterator(CHUNK):
        if id not in walked.subscriptions:
            yield customer
    holders = holder_model()._default_manager.exclude(stripe_customer_id="")
    for customer in holders.values_list("stripe_customer_id", flat=True).iterator(CHUNK):
        if customer not in walked.customers:
            yield customer


def _by_rows_alone() -> Iterator[str]:
    """Holders with two live subscriptions, or with one and an open payment page."""
    live = Subscription.objects.filter(status__in=LIVE_STATUSES, livemode=settings.STRIPE_LIVE_MODE)
    twice = live.values("holder").annotate(count=Count("pk")).filter(count__gt=1).order_by()
    yield from live.filter(holder__in=twice.values("holder")).values_list("stripe_customer_id", flat=True)
    yield from holders_with_needless_checkout().values_list("stripe_customer_id", flat=True)
