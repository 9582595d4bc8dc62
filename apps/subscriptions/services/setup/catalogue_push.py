"""From metadata.py to Stripe: what differs there, as steps that are shown first and done one by one.

No step deletes anything. Unlike elsewhere, creating calls carry no stored idempotency key: whoever runs this
again reads the whole catalogue first, so an object whose answer was lost is found by its metadata or its
lookup key. (Stripe's lists show what was made a moment ago. Retries inside one call share a key that Stripe's
library makes.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from apps.subscriptions import stripe_api
from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import ACTIVE_PRODUCTS, PlanInterval, ProductMetadata
from apps.subscriptions.services.setup.catalogue_at_stripe import CatalogueAtStripe, is_pushed, name_of
from apps.subscriptions.services.setup.price_shapes import price_params
from apps.subscriptions.services.setup.product_shapes import changed_params, creating_params


@dataclass(frozen=True)
class Step:
    text: str
    take: Callable[[], object]


def push_catalogue(*, dry_run: bool = False) -> Iterator[str]:
    """Make Stripe sell what metadata.py sells; yields a line for each step, before it is taken.

    A price never changes at Stripe: a new one takes over its lookup key and the old one is archived, while
    whoever pays the old one goes on paying it. Raises SetupRefused before the first step.
    """
    for step in pushing_steps(CatalogueAtStripe.read()):
        yield step.text
        if not dry_run:
            step.take()


def pushing_steps(there: CatalogueAtStripe) -> list[Step]:
    """What is to be done, worked out whole before anything is. Empty: Stripe sells what metadata.py sells."""
    pushed = [plan for plan in ACTIVE_PRODUCTS if plan.prices and not plan.hidden]
    steps = [step for plan in pushed for step in _Pushing(there, plan, there.product_of(plan)).steps()]
    return steps + [step for product, slug in there.retired() for step in _retiring(there, product, slug)]


@dataclass
class _Pushing:
    """One plan's product and prices."""

    there: CatalogueAtStripe
    plan: ProductMetadata
    product: Json | None
    product_id: str = ""  # known once the product is made
    price_ids: dict[str, str] = field(
        default_factory=dict
    )  # {lookup key: price that is sold}, as they are known

    def steps(self) -> Iterator[Step]:
        if self.product is None:
            yield Step(f"create product {self.plan.slug}", self._create_product)
        else:
            self.product_id = self.product["id"]
            yield from self._update_product(self.product)
        for interval in self.plan.prices:
            yield from self._price_steps(interval)
        kept = set(self.price_ids.values())
        for price in self.there.prices_of(self.product):
            if price["active"] and price["id"] not in kept and is_pushed(price, self.plan.slug):
                yield Step(_archiving(price), partial(self._archive, price))

    def _create_product(self) -> None:
        self.product_id = stripe_api.products.save(creating_params(self.plan))["id"]

    def _update_product(self, product: Json) -> Iterator[Step]:
        if params := changed_params(self.plan, product):
            verb = "update" if product["active"] else "unarchive"
            text = f"{verb} product {self.plan.slug} ({product['id']})"
            yield Step(text, partial(stripe_api.products.save, params, product["id"]))

    def _price_steps(self, interval: PlanInterval) -> Iterator[Step]:
        key, price = self.plan.lookup_key(interval), self.there.price_of(self.plan, interval, self.product)
        if price is None:
            yield Step(f"create price {key}", partial(self._create_price, interval))
            return
        self.price_ids[key] = price["id"]
        if not price["active"]:
            text = f"unarchive price {key} ({price['id']})"
            yield Step(text, partial(stripe_api.prices.unarchive, price["id"], key))

    def _create_price(self, interval: PlanInterval) -> None:
        key = self.plan.lookup_key(interval)
        made = stripe_api.prices.create(
            {
                **price_params(self.plan.prices[interval], interval),
                "product": self.product_id,
                "lookup_key": key,
                "transfer_lookup_key": True,
                "metadata": {"lookup_key": key},  # lookup keys move on; this says for ever which one it had
            }
        )
        self.price_ids[key] = made["id"]

    def _archive(self, price: Json) -> None:
        if self.product and self.product["default_price"] == price["id"]:
            # Stripe does not archive a product's default price, so another becomes that first.
            default = self.price_ids.get(name_of(price)) or next(iter(self.price_ids.values()))
            stripe_api.products.save({"default_price": default}, self.product_id)
        stripe_api.prices.archive(price["id"])


def _retiring(there: CatalogueAtStripe, product: Json, slug: str) -> Iterator[Step]:
    """The product first: from then on nobody can buy it. Its default price, which Stripe keeps, may stay."""
    if product["active"]:
        text = f"archive product {slug} ({product['id']})"
        yield Step(text, partial(stripe_api.products.save, {"active": False}, product["id"]))
    for price in there.prices_of(product):
        if price["active"] and is_pushed(price, slug) and price["id"] != product["default_price"]:
            yield Step(_archiving(price), partial(stripe_api.prices.archive, price["id"]))


def _archiving(price: Json) -> str:
    return f"archive price {price['id']} ({name_of(price)})"
