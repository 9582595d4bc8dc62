"""What Stripe has of the plans in metadata.py, archived or not."""

from __future__ import annotations

from dataclasses import dataclass

from apps.subscriptions import stripe_api
from apps.subscriptions.catalogue import stripe_product_id
from apps.subscriptions.errors import SetupRefused
from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import ACTIVE_PRODUCTS, PlanInterval, ProductMetadata
from apps.subscriptions.services.setup.price_shapes import same_price


@dataclass(frozen=True)
class CatalogueAtStripe:
    products: list[Json]
    prices: list[Json]  # recurring ones

    @classmethod
    def read(cls) -> CatalogueAtStripe:
        return cls(list(stripe_api.products.list_all()), list(stripe_api.prices.list_all()))

    def product_of(self, plan: ProductMetadata) -> Json | None:
        """The product the plan names; else the one marked with its slug, of several the one that is sold.

        Raises SetupRefused for a named product that is not there.
        """
        if named := stripe_product_id(plan):
            return self._named_product(plan, named)
        sold = {row["product"] for row in self.prices if row["active"] and is_pushed(row, plan.slug)}
        return min(
            (product for product in self.products if slug_of(product) == plan.slug),
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

    def prices_of(self, product: Json | None) -> list[Json]:
        return [price for price in self.prices if product and price["product"] == product["id"]]

    def price_of(self, plan: ProductMetadata, interval: PlanInterval, product: Json | None) -> Json | None:
        """The price that bills what the plan says and has its lookup key; archived if no active one does."""
        same = [
            price
            for price in self.prices_of(product)
            if price["lookup_key"] == plan.lookup_key(interval)
            and same_price(plan.prices[interval], interval, price)
        ]
        return max(same, key=lambda price: (price["active"], price["created"]), default=None)

    def retired(self) -> list[tuple[Json, str]]:
        """(product, slug) of plans that were pushed once, and are hidden now or gone.

        Their prices bear the plan's names: a product of somebody else who shares the account may well say
        `plan` in its metadata, but has no such prices.
        """
        own = {id: plan for plan in ACTIVE_PRODUCTS if (id := stripe_product_id(plan))}
        own_slugs = {plan.slug: plan for plan in ACTIVE_PRODUCTS}
        found = []
        for product in self.products:
            plan = own.get(product["id"]) or own_slugs.get(slug_of(product))
            slug = plan.slug if plan else slug_of(product)
            pushed = any(is_pushed(price, slug) for price in self.prices_of(product))
            if pushed and (plan is None or plan.hidden):
                found.append((product, slug))
        return found


def slug_of(product: Json) -> str:
    return product["metadata"].get("plan") or ""


def name_of(price: Json) -> str:
    """The lookup key it has, or had before a newer price took it."""
    return price["lookup_key"] or price["metadata"].get("lookup_key") or ""


def is_pushed(price: Json, slug: str) -> bool:
    return bool(slug) and name_of(price) in {f"{slug}-{interval}" for interval in PlanInterval}
