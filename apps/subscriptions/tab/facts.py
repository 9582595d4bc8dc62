"""All that the tab needs to know of one subscription beside our row, in one query on the mirror."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, Q, Subquery
from djstripe.models import Invoice, PaymentMethod, Price, SubscriptionItem

from apps.subscriptions.gateway import Json
from apps.subscriptions.models import LIVE_STATUSES, Subscription


@dataclass(frozen=True)
class Item:
    """One line of the subscription as it is now. `price` has its tiers."""

    id: str
    price: Json
    product_name: str
    quantity: int | None  # None: metered
    tax_rates: list[Json]


@dataclass(frozen=True)
class Facts:
    """Empty when the mirror does not know the subscription."""

    subscription: Json = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    payment_method: Json | None = None
    latest_invoice: Json | None = None
    next_product_name: str = ""  # of the price that comes with the renewal
    has_second: bool = False  # another live subscription of the same holder

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.items if item.id == item_id), None)


def facts_about(row: Subscription) -> Facts:
    rows = list(_query(row))
    if not rows:
        return Facts()
    first = rows[0]
    known = {row["id"]: row for row in rows}
    return Facts(
        subscription=first["subscription__stripe_data"],
        items=[_item(data, known) for data in _items_of(first["subscription__stripe_data"])],
        payment_method=first["card"],
        latest_invoice=first["invoice"],
        next_product_name=first["next_name"] or "",
        has_second=first["has_second"],
    )


def _query(row: Subscription) -> Any:
    """A row for each item the subscription ever had; what is about all of it stands in each."""
    others = Subscription.objects.filter(
        Q(holder=row.holder_id) & Q(status__in=LIVE_STATUSES) & ~Q(pk=row.pk)
    )
    return SubscriptionItem.objects.filter(subscription_id=row.stripe_id).values(
        "id",
        "price__stripe_data",
        "price__product__name",
        "subscription__stripe_data",
        card=Subquery(PaymentMethod.objects.filter(id=row.payment_method_id).values("stripe_data")[:1]),
        invoice=Subquery(Invoice.objects.filter(id=row.latest_invoice_id).values("stripe_data")[:1]),
        next_name=Subquery(Price.objects.filter(id=row.next_price_id).values("product__name")[:1]),
        has_second=Exists(others),
    )


def _items_of(subscription: Json) -> list[Json]:
    """dj-stripe's table keeps items that are gone; the subscription itself names those that count."""
    return (subscription.get("items") or {}).get("data") or []


def _item(data: Json, known: dict[str, Json]) -> Item:
    mirrored = known.get(data["id"], {})
    price = mirrored.get("price__stripe_data") or {}
    fits = price.get("id") == data["price"]["id"]
    return Item(
        id=data["id"],
        price=price if fits else data["price"],
        product_name=(mirrored.get("price__product__name") or "") if fits else "",
        quantity=data.get("quantity"),
        tax_rates=data.get("tax_rates") or [],
    )
