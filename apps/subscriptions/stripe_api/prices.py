"""https://docs.stripe.com/api/prices"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.subscriptions import errors
from apps.subscriptions.gateway import Json, client, named_errors, plain


def list_all(**filters: Any) -> Iterator[Json]:
    """All pages of recurring prices with their tiers in each currency, 100 a call."""
    params = {"limit": 100, "type": "recurring", "expand": ["data.tiers", "data.currency_options"], **filters}
    with named_errors():
        for price in client().v1.prices.list(params).auto_paging_iter():
            yield with_all_tiers(plain(price))


def retrieve(price_id: str) -> Json:
    with named_errors():
        price = client().v1.prices.retrieve(price_id, {"expand": ["tiers", "currency_options"]})
    return with_all_tiers(plain(price, price_id))


def retrieve_if_there(price_id: str) -> Json | None:
    try:
        return retrieve(price_id)
    except errors.NotFoundAtStripe:
        return None


def with_all_tiers(price: Json) -> Json:
    """The price, with the tiers of its other currencies too: Stripe leaves them out unless each is named."""
    options = price.get("currency_options") or {}
    without = [code for code in options if code != price["currency"] and not options[code].get("tiers")]
    if price.get("billing_scheme") != "tiered" or not without:
        return price
    expand = ["tiers", "currency_options", *(f"currency_options.{code}.tiers" for code in without)]
    with named_errors():
        return plain(client().v1.prices.retrieve(price["id"], {"expand": expand}), price["id"])


def create(params: Json) -> Json:
    with named_errors():
        return plain(client().v1.prices.create(params))


def archive(price_id: str) -> Json:
    return _update(price_id, {"active": False})


def unarchive(price_id: str, lookup_key: str) -> Json:
    return _update(price_id, {"active": True, "lookup_key": lookup_key, "transfer_lookup_key": True})


def _update(price_id: str, params: Json) -> Json:
    with named_errors():
        return plain(client().v1.prices.update(price_id, params), price_id)
