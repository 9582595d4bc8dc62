"""dj-stripe's tables, kept by us from what was read: evidence, never a decision.

dj-stripe's own receivers would each read Stripe again inside the transaction, so they are taken off
(`take_off_builtin_receivers`); a buyer's own `djstripe_receiver`s stay and run as dj-stripe documents.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from djstripe import event_handlers
from djstripe.models import Customer, Event, Invoice, PaymentMethod, Price, Product, Subscription
from djstripe.signals import WEBHOOK_SIGNALS

from apps.subscriptions import api_keys, gateway, stripe_api
from apps.subscriptions.gateway import Json
from apps.subscriptions.row_values import coming_price_ids, items_of, pending_items
from apps.subscriptions.stripe_api.snapshots import CustomerSnapshot


def take_off_builtin_receivers() -> None:
    handlers = [value for name, value in vars(event_handlers).items() if name.startswith("handle_")]
    for signal in WEBHOOK_SIGNALS.values():
        for handler in handlers:
            signal.disconnect(handler, sender=Event)


def prepare(snapshot: CustomerSnapshot) -> None:
    """Mirror what the snapshot refers to and we do not know yet. Talks to Stripe: no transaction open."""
    api_keys.ensure_account()
    wanted = _price_ids(snapshot)
    known = Price.objects.filter(id__in=wanted).values_list("id", flat=True)
    for price_id in sorted(wanted - set(known)):
        mirror_price(stripe_api.prices.retrieve(price_id))


def _price_ids(snapshot: CustomerSnapshot) -> set[str]:
    """Of what is paid for now, of what waits for a payment, and of what a schedule brings."""
    items = [item for data in snapshot.subscriptions for item in items_of(data) + pending_items(data)]
    return {item["price"]["id"] for item in items} | coming_price_ids(snapshot.schedules.values())


def prices(price_ids: Collection[str]) -> dict[str, Json]:
    """{id: Stripe's price} of those mirrored (one query; none for no ids)."""
    if not price_ids:
        return {}
    return dict(Price.objects.filter(id__in=price_ids).values_list("id", "stripe_data"))


def write(snapshot: CustomerSnapshot) -> None:
    """Write the snapshot into dj-stripe's tables. No network: `prepare` ran before."""
    customer = snapshot.customer
    if customer is None:
        return
    if not Customer.objects.filter(id=customer["id"]).exists():
        _sync(Customer, _without_payment_method(customer))  # cards refer to it, it refers to a card
    _sync_changed(PaymentMethod, snapshot.payment_methods)
    _sync_changed(Customer, [customer])
    _sync_changed(Subscription, snapshot.subscriptions)
    _sync_changed(Invoice, snapshot.invoices)


def mirror_product(product: Json) -> None:
    _sync(Product, product)


def mirror_price(price: Json) -> None:
    """The price, and its product when that is unknown yet."""
    if not Product.objects.filter(id=price["product"]).exists():
        mirror_product(stripe_api.products.retrieve(price["product"]))
    _sync(Price, price)


def _sync(model: Any, data: Json) -> None:
    model.sync_from_stripe_data(gateway.as_stripe_object(data), api_key=gateway.secret_key())


def _sync_changed(model: Any, rows: list[Json]) -> None:
    """One query when nothing changed; dj-stripe's own sync takes 8 to 19 for each object."""
    known = dict(model.objects.filter(id__in=[row["id"] for row in rows]).values_list("id", "stripe_data"))
    for row in rows:
        if known.get(row["id"]) != row:
            _sync(model, row)


def _without_payment_method(customer: Json) -> Json:
    settings = {**(customer.get("invoice_settings") or {}), "default_payment_method": None}
    return {**customer, "invoice_settings": settings}


def archive_gone(data: Json) -> None:
    """Gone at Stripe: kept, because somebody may still be on it, but no longer for sale."""
    model = Product if data["object"] == "product" else Price
    model.objects.filter(id=data["id"]).update(active=False)
