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
from apps.subscriptions.catalogue import stripe_product_id
from apps.subscriptions.errors import SetupRefused
from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import ACTIVE_PRODUCTS, PlanInterval, ProductMetadata, find_plan
from apps.subscriptions.services.setup.price_shapes import price_params, same_price
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
    for step in list(CatalogueAtStripe.read().steps()):
        yield step.text
        if not dry_run:
            step.take()


@dataclass
class CatalogueAtStripe:
    """All products and recurring prices, archived ones too."""

    products: list[Json]
    prices: list[Json]
    ids: dict[str, str] = field(
        default_factory=dict
    )  # {plan slug: product id}, those to be made when they are made

    @classmethod
    def read(cls) -> CatalogueAtStripe:
        products = list(stripe_api.products.list_all())
        return cls(products, list(stripe_api.prices.list_all()))

    def steps(self) -> Iterator[Step]:
        pushed = [plan for plan in ACTIVE_PRODUCTS if plan.prices]
        found = {plan.slug: self._product_of(plan) for plan in pushed}
        for plan in (plan for plan in pushed if not plan.hidden):
            yield from self._product_steps(plan, found[plan.slug])
            yield from self._price_steps(plan, found[plan.slug])
        for product in self.products:
            if self._is_retired(product, found):
                yield from self._retiring_steps(product)

    # Which is which ------------------------------------------------------------------------------------

    def _product_of(self, plan: ProductMetadata) -> Json | None:
        """The product the plan names; else the one marked with its slug, of several the one that is sold."""
        if named := stripe_product_id(plan):
            return self._named_product(plan, named)
        marked = [product for product in self.products if _slug(product) == plan.slug]
        sold = {price["product"] for price in self.prices if price["active"] and _is_pushed(price, plan.slug)}
        return min(
            marked,
            key=lambda product: (product["id"] not in sold, not product["active"], product["created"]),
            default=None,
        )

    def _named_product(self, plan: ProductMetadata, product_id: str) -> Json:
        for product in self.products:
            if product["id"] == product_id:
                return product
        raise SetupRefused(
            f"The plan '{plan.slug}' names {product_id}, which Stripe does not have for this key. "
            "Correct its stripe_id in metadata.py (or the setting it names), or leave it out and a product "
            "is made. Nothing was changed"
        )

    def _is_retired(self, product: Json, found: dict[str, Json | None]) -> bool:
        """Made by an earlier push for a plan that is hidden now, or gone: its prices bear that plan's names.

        A product of somebody else who shares the account may have `plan` in its metadata, but not those.
        """
        plan = find_plan(_slug(product)) or next(
            (p for p in ACTIVE_PRODUCTS if found.get(p.slug) is product), None
        )
        if plan is not None and not plan.hidden:
            return False
        slug = plan.slug if plan else _slug(product)
        return any(_is_pushed(price, slug) for price in self._prices_of(product)) if slug else False

    def _prices_of(self, product: Json | None) -> list[Json]:
        return [price for price in self.prices if product and price["product"] == product["id"]]

    # What is to be done --------------------------------------------------------------------------------

    def _product_steps(self, plan: ProductMetadata, product: Json | None) -> Iterator[Step]:
        if product is None:
            yield Step(f"create product {plan.slug}", partial(self._create_product, plan))
            return
        self.ids[plan.slug] = product["id"]
        if params := changed_params(plan, product):
            verb = "update" if product["active"] else "unarchive"
            yield Step(
                f"{verb} product {plan.slug} ({product['id']})",
                partial(stripe_api.products.save, params, product["id"]),
            )

    def _create_product(self, plan: ProductMetadata) -> None:
        self.ids[plan.slug] = stripe_api.products.save(creating_params(plan))["id"]

    def _price_steps(self, plan: ProductMetadata, product: Json | None) -> Iterator[Step]:
        kept: list[str] = []
        made: list[Json] = []
        for interval in plan.prices:
            price = self._same_price(plan, interval, product)
            if price is None:
                text = f"create price {plan.lookup_key(interval)}"
                yield Step(text, partial(self._create_price, plan, interval, made))
                continue
            kept.append(price["id"])
            if not price["active"]:
                text = f"unarchive price {plan.lookup_key(interval)} ({price['id']})"
                yield Step(text, partial(stripe_api.prices.unarchive, price["id"], plan.lookup_key(interval)))
        for price in self._prices_of(product):
            if price["active"] and price["id"] not in kept and _is_pushed(price, plan.slug):
                yield self._archiving_step(price, product, lambda: [row["id"] for row in made] + kept)

    def _same_price(self, plan: ProductMetadata, interval: PlanInterval, product: Json | None) -> Json | None:
        named = [p for p in self._prices_of(product) if p["lookup_key"] == plan.lookup_key(interval)]
        same = [price for price in named if same_price(plan.prices[interval], interval, price)]
        return max(same, key=lambda price: (price["active"], price["created"]), default=None)

    def _create_price(self, plan: ProductMetadata, interval: PlanInterval, made: list[Json]) -> None:
        params = {
            **price_params(plan.prices[interval], interval),
            "product": self.ids[plan.slug],
            "lookup_key": plan.lookup_key(interval),
            "transfer_lookup_key": True,
            # Lookup keys move on: this says for ever which one it had.
            "metadata": {"lookup_key": plan.lookup_key(interval)},
        }
        made.append(stripe_api.prices.create(params))

    def _archiving_step(self, price: Json, product: Json | None, others: Callable[[], list[str]]) -> Step:
        is_default = product is not None and product["default_price"] == price["id"]

        def take() -> None:
            if is_default:  # Stripe does not archive a product's default price
                default = next(iter(others()), "")
                stripe_api.products.save({"default_price": default}, price["product"])
            stripe_api.prices.archive(price["id"])

        return Step(f"archive price {price['id']} ({_name(price)})", take)

    def _retiring_steps(self, product: Json) -> Iterator[Step]:
        """The product first: from then on nobody can buy it, whatever happens to the next step."""
        if product["active"]:
            yield Step(
                f"archive product {_slug(product) or product['name']} ({product['id']})",
                partial(stripe_api.products.save, {"active": False}, product["id"]),
            )
        for price in self._prices_of(product):
            if price["active"] and _name(price):
                yield self._archiving_step(price, product, list)


def _slug(product: Json) -> str:
    return product["metadata"].get("plan") or ""


def _name(price: Json) -> str:
    """The lookup key it has, or had before a newer price took it."""
    return price["lookup_key"] or price["metadata"].get("lookup_key") or ""


def _is_pushed(price: Json, slug: str) -> bool:
    return _name(price) in {f"{slug}-{interval}" for interval in PlanInterval}
