"""All that the tab needs to know of one subscription beside our row, in one query on the mirror."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, Q, Subquery
from djstripe.models import Invoice, PaymentMethod, Price, SubscriptionItem

from apps.core.prepared import Prepared, Slot
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
    pay_url: str = ""  # where the newest invoice can be paid; "" unless it is open
    next_product_name: str = ""  # of the price that comes with the renewal
    has_second: bool = False  # another live subscription of the same holder

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.items if item.id == item_id), None)


def facts_about(row: Subscription) -> Facts:
    rows = _mirrored.ask(
        subscription=row.stripe_id,
        holder=row.holder_id,
        row=row.pk,
        payment_method=row.payment_method_id,
        invoice=row.latest_invoice_id,
        next_price=row.next_price_id,
    )
    if not rows:
        return Facts()
    first = rows[0]
    known = {row["id"]: row for row in rows}
    return Facts(
        subscription=first["subscription__stripe_data"],
        items=[_item(data, known) for data in _items_of(first["subscription__stripe_data"])],
        payment_method=first["card"],
        pay_url=first["pay_url"] or "",
        next_product_name=first["next_name"] or "",
        has_second=first["has_second"],
    )


def _rows(
    *, subscription: Slot, holder: Slot, row: Slot, payment_method: Slot, invoice: Slot, next_price: Slot
) -> Any:
    """One for each item the subscription ever had; what is about all of it stands in each."""
    others = Subscription.objects.filter(Q(holder=holder) & Q(status__in=LIVE_STATUSES) & ~Q(pk=row))
    return SubscriptionItem.objects.filter(subscription_id=subscription).values(
        "id",
        "price__stripe_data",
        "price__product__name",
        "subscription__stripe_data",
        card=Subquery(PaymentMethod.objects.filter(id=payment_method).values("stripe_data")[:1]),
        pay_url=Subquery(
            Invoice.objects.filter(id=invoice, stripe_data__status="open").values(
                "stripe_data__hosted_invoice_url"
            )[:1]
        ),
        next_name=Subquery(Price.objects.filter(id=next_price).values("product__name")[:1]),
        has_second=Exists(others),
    )


_STRIPE_ID = Subscription._meta.get_field("stripe_id")
_mirrored: Prepared[Any] = Prepared(
    _rows,
    subscription=_STRIPE_ID,
    holder=Subscription._meta.get_field("holder"),  # its model may be loaded later than this file
    row=Subscription._meta.pk,
    payment_method=_STRIPE_ID,
    invoice=_STRIPE_ID,
    next_price=_STRIPE_ID,
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
