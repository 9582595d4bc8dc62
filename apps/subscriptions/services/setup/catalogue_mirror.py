"""Where the copy of the catalogue here and Stripe's own differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from djstripe.models import Price, Product

from apps.subscriptions import mirror, stripe_api
from apps.subscriptions.gateway import Json

OF_NO_MATTER = frozenset({"updated"})


@dataclass(frozen=True)
class OutOfStep:
    """A product or price for sale on one side only, or otherwise; each side with what differs."""

    object: str  # "product" or "price"
    id: str
    here: Json
    there: Json


def out_of_step(products: list[Json], prices: list[Json]) -> Iterator[OutOfStep]:
    """Of all products and recurring prices of the account, archived ones too (two queries)."""
    recurring = {price["product"] for price in prices if price["active"]}
    yield from _differing(Product, [row for row in products if row["id"] in recurring])
    yield from _differing(Price, prices)


def _differing(model: Any, rows: list[Json]) -> Iterator[OutOfStep]:
    """What Stripe has active and we have not or otherwise, and prices we still take for active."""
    name = model.__name__.lower()
    own = model.objects.filter(livemode=settings.STRIPE_LIVE_MODE, active=True)
    known = dict(own.values_list("id", "stripe_data"))
    active = {row["id"]: row for row in rows if row["active"]}
    for id, row in active.items():
        if id not in known:
            yield OutOfStep(name, id, {"active": False}, {"active": True})
        elif wrong := _unlike(known[id], row):
            yield OutOfStep(name, id, _only(known[id], wrong), _only(row, wrong))
    if model is Price:
        for id in sorted(known.keys() - active.keys()):
            yield OutOfStep(name, id, {"active": True}, {"active": False})


def _unlike(here: Json, there: Json) -> list[str]:
    names = (here.keys() | there.keys()) - OF_NO_MATTER
    return sorted(name for name in names if here.get(name) != there.get(name))


def _only(row: Json, names: list[str]) -> Json:
    return {name: row.get(name) for name in names}


def read_again(object: str, id: str) -> None:
    """The copy of one product or price as Stripe has it now; archived when it is gone there."""
    found = _read(object, id)
    if found is None:
        mirror.archive_gone({"object": object, "id": id})
    elif object == "product":
        mirror.mirror_product(found)
    else:
        mirror.mirror_price(found)


def still_out_of_step(object: str, id: str) -> OutOfStep | None:
    """One of them compared again, by a call of its own."""
    found = _read(object, id)
    row = found or {"id": id, "active": False}
    again = _differing(Product if object == "product" else Price, [row])
    return next((step for step in again if step.id == id), None)


def _read(object: str, id: str) -> Json | None:
    if object == "price":
        return stripe_api.prices.retrieve_if_there(id)
    return stripe_api.products.retrieve_if_there(id)
