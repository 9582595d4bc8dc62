"""https://docs.stripe.com/api/products"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.subscriptions import errors
from apps.subscriptions.gateway import Json, client, named_errors, plain


def list_all(**filters: Any) -> Iterator[Json]:
    """All pages, 100 a call."""
    with named_errors():
        for product in client().v1.products.list({"limit": 100, **filters}).auto_paging_iter():
            yield plain(product)


def retrieve(product_id: str) -> Json:
    with named_errors():
        return plain(client().v1.products.retrieve(product_id), product_id)


def retrieve_if_there(product_id: str) -> Json | None:
    try:
        return retrieve(product_id)
    except errors.NotFoundAtStripe:
        return None


def save(params: Json, product_id: str | None = None) -> Json:
    with named_errors():
        if product_id is None:
            return plain(client().v1.products.create(params))
        return plain(client().v1.products.update(product_id, params), product_id)
