"""dj-stripe's tables, kept by us from what was read: evidence, never a decision.

dj-stripe's own receivers would each read Stripe again inside the transaction, so they are taken off
(`take_off_builtin_receivers`); a buyer's own `djstripe_receiver`s stay and run as dj-stripe documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from djstripe import event_handlers
from djstripe.models import Account, Customer, Event, Invoice, PaymentMethod, Price, Product, Subscription
from djstripe.signals import WEBHOOK_SIGNALS

from apps.subscriptions import api_keys, gateway, stripe_api
from apps.subscriptions.gateway import Json
from apps.subscriptions.row_values import coming_price_ids, items_of, pending_items
from apps.subscriptions.stripe_api.snapshots import CustomerSnapshot

# {API key: account} of the current write; None outside of one.
_accounts: ContextVar[dict[str, Account] | None] = ContextVar("accounts", default=None)


def share_account_lookups() -> None:
    """dj-stripe looks the account of the key up for every object, two queries each time; now once a write."""
    look_up = Account.get_or_retrieve_for_api_key

    def look_up_once(api_key: str) -> Account:
        found = _accounts.get()
        if found is None:
            return look_up(api_key)
        if api_key not in found:
            found[api_key] = look_up(api_key)
        return found[api_key]

    Account.get_or_retrieve_for_api_key = look_up_once


def leave_features_out() -> None:
    """dj-stripe asks Stripe for each product's features, of which nothing here makes use: a call a product.

    Whoever lets dj-stripe copy a product by themselves gets them as ever.
    """
    ask = Product._sync_product_features

    def ask_unless_we_write(product: Product, *args: Any, **options: Any) -> None:
        if _accounts.get() is None:
            ask(product, *args, **options)

    Product._sync_product_features = ask_unless_we_write


@contextmanager
def one_account() -> Iterator[None]:
    """All that dj-stripe writes inside belongs to the account as it is now."""
    token = _accounts.set({})
    try:
        yield
    finally:
        _accounts.reset(token)


def take_off_builtin_receivers() -> None:
    handlers = [value for name, value in vars(event_handlers).items() if name.startswith("handle_")]
    for signal in WEBHOOK_SIGNALS.values():
        for handler in handlers:
            signal.disconnect(handler, sender=Event)


def prepare(customer_id: str, snapshot: CustomerSnapshot) -> None:
    """Mirror what the snapshot refers to and we do not know yet. Talks to Stripe: no transaction open.

    Raises BillingError, also when the customer is missing because the key is of another account.
    """
    api_keys.ensure_account()
    if snapshot.customer is None:
        api_keys.refuse_foreign(customer_id)
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
    stored = Customer.objects.filter(id=customer["id"]).values_list("stripe_data", flat=True).first()
    if stored is None:
        _sync(Customer, _without_payment_method(customer))  # cards refer to it, it refers to a card
    _sync_changed(PaymentMethod, snapshot.payment_methods)
    if not _holds(stored, customer):
        _sync(Customer, customer)
    _sync_changed(Subscription, snapshot.subscriptions)
    _sync_changed(Invoice, snapshot.invoices)


def process_events(events: list[Json]) -> None:
    """As dj-stripe's `Event.process` does with each: those not kept yet are, and their receivers are called.

    With a statement for each instead of five: events come in floods. Inside of a transaction, which ends when
    a receiver raises; IntegrityError when somebody else keeps one of them in this moment.
    """
    known = set(Event.objects.filter(id__in=[data["id"] for data in events]).values_list("id", flat=True))
    for data in events:
        if data["id"] not in known:
            event = _event_of(data)
            event.save(force_insert=True)
            event.invoke_webhook_handlers()


def _event_of(data: Json) -> Event:
    key = gateway.secret_key()
    event = Event(**Event._stripe_object_to_record(data, api_key=key))
    event._attach_objects_hook(Event, data, api_key=key)
    return event


def mirror_product(product: Json) -> None:
    with one_account():
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
        if not _holds(known.get(row["id"]), row):
            _sync(model, row)


def _holds(stored: Json | None, row: Json) -> bool:
    """dj-stripe adds keys of its own to what it stores."""
    return stored is not None and all(stored.get(key, stored) == value for key, value in row.items())


def _without_payment_method(customer: Json) -> Json:
    settings = {**(customer.get("invoice_settings") or {}), "default_payment_method": None}
    return {**customer, "invoice_settings": settings}


def archive_gone(data: Json) -> None:
    """Gone at Stripe: kept, because somebody may still be on it, but no longer for sale."""
    model = Product if data["object"] == "product" else Price
    model.objects.filter(id=data["id"]).update(active=False)
