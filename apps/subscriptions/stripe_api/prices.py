"""https://docs.stripe.com/api/prices"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.subscriptions.gateway import Json, client, named_errors, plain


def list_all(**filters: Any) -> Iterator[Json]:
    """All pages of recurring prices with their tiers, 100 a call."""
    params = {"limit": 100, "type": "recurring", "expand": ["data.tiers", "data.currency_options"], **filters}
    with named_errors():
        for price in client().v1.prices.list(params).auto_paging_iter():
            yield plain(price)


def retrieve(price_id: str) -> Json:
    with named_errors():
        return plain(
            client().v1.prices.retrieve(price_id, {"expand": ["tiers", "currency_options"]}), price_id
        )


def create(params: Json) -> Json:
    with named_errors():
        return plain(client().v1.prices.create(params))


def archive(price_id: str) -> Json:
    with named_errors():
        return plain(client().v1.prices.update(price_id, {"active": False}), price_id)
