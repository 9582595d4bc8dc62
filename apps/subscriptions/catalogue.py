"""Stripe's products and prices, as dj-stripe mirrors them, matched to metadata.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from djstripe.models import Price, Product

from apps.subscriptions.metadata import ACTIVE_PLAN_INTERVALS, ACTIVE_PRODUCTS, PlanInterval, ProductMetadata
from apps.subscriptions.money import is_every


def stripe_product_id(plan: ProductMetadata) -> str | None:
    """The product id the plan names itself, directly or through a setting; None: found by metadata."""
    if plan.stripe_id is None or plan.stripe_id.startswith("prod_"):
        return plan.stripe_id
    return getattr(settings, plan.stripe_id, None)


def plan_of_product(product_id: str, metadata: dict[str, str] | None) -> ProductMetadata | None:
    """The plan a product stands for: the one that names its id, else the one its metadata names."""
    by_id = next((plan for plan in ACTIVE_PRODUCTS if product_id == stripe_product_id(plan)), None)
    slug = (metadata or {}).get("plan")
    return by_id or next((plan for plan in ACTIVE_PRODUCTS if plan.slug == slug), None)


def plans_of_products(product_ids: Iterable[str]) -> dict[str, ProductMetadata]:
    """{product id: plan} for the products ACTIVE_PRODUCTS knows (one query)."""
    known = Product.objects.filter(id__in=list(product_ids)).values_list("id", "metadata")
    found = {id: plan_of_product(id, metadata) for id, metadata in known}
    return {id: plan for id, plan in found.items() if plan}


def price_by_id(price_id: str) -> dict[str, Any] | None:
    return Price.objects.filter(id=price_id).values_list("stripe_data", flat=True).first()


# What is for sale ----------------------------------------------------------------------------------------

Prices = dict[tuple[str, PlanInterval], dict[str, Any]]


@dataclass(frozen=True)
class PriceProblem:
    """Why a plan cannot be bought at an interval, or not as somebody meant it. For operators."""

    plan: str
    interval: str
    text: str
    cure: str


def prices_for_sale() -> Prices:
    """{(plan slug, interval): Stripe's price} of what Checkout can sell now (one query).

    Found by lookup key, which always names the newest price. Without one: the only active price of the plan's
    product with that interval, or the product's default price among several.
    """
    offers = _offers()
    chosen = {
        (plan.slug, interval): _chosen(plan, interval, offers)
        for plan in _sold()
        for interval in PlanInterval
    }
    return {key: offer.data for key, offer in chosen.items() if offer}


def price_problems() -> list[PriceProblem]:
    """What keeps a sold plan from its price at an interval that is offered (one query)."""
    offers = _offers()
    pairs = [(plan, interval) for plan in _sold() for interval in ACTIVE_PLAN_INTERVALS]
    missing = [
        _missing(plan, interval, offers) for plan, interval in pairs if not _chosen(plan, interval, offers)
    ]
    return missing + [problem for pair in pairs for problem in _strays(*pair, offers)]


@dataclass(frozen=True)
class _Offer:
    """An active recurring price of an active product, and the plan the product stands for."""

    id: str
    lookup_key: str | None
    data: dict[str, Any]
    product_id: str
    plan: ProductMetadata | None
    is_default: bool


def _sold() -> list[ProductMetadata]:
    return [plan for plan in ACTIVE_PRODUCTS if plan.is_sold]


def _offers() -> list[_Offer]:
    """Newest first. The mirror keeps both modes of an account; only the current one is for sale."""
    plans = _sold()
    keys = [plan.lookup_key(interval) for plan in plans for interval in PlanInterval]
    ids = [id for plan in plans if (id := stripe_product_id(plan))]
    theirs = (
        Q(lookup_key__in=keys)
        | Q(product__metadata__plan__in=[plan.slug for plan in plans])
        | Q(product_id__in=ids)
    )
    rows = Price.objects.filter(theirs, active=True, product__active=True, livemode=settings.STRIPE_LIVE_MODE)
    columns = ("id", "lookup_key", "stripe_data", "product_id", "product__metadata", "product__stripe_data")
    return [
        _Offer(
            id,
            key,
            data,
            product,
            plan_of_product(product, metadata),
            (more or {}).get("default_price") == id,
        )
        for id, key, data, product, metadata, more in rows.order_by("-created", "-djstripe_id").values_list(
            *columns
        )
        if data.get("recurring")
    ]


def _chosen(plan: ProductMetadata, interval: PlanInterval, offers: list[_Offer]) -> _Offer | None:
    keyed = [
        offer for offer in offers if offer.lookup_key == plan.lookup_key(interval) and offer.plan is plan
    ]
    if keyed:
        return keyed[0]
    fitting = _fitting(plan, interval, offers)
    return fitting[0] if len(fitting) == 1 else next((offer for offer in fitting if offer.is_default), None)


def _fitting(plan: ProductMetadata, interval: PlanInterval, offers: list[_Offer]) -> list[_Offer]:
    """Of the product the plan names itself, if it names one: an older product of it may still be around."""
    named = stripe_product_id(plan)
    return [
        offer
        for offer in offers
        if offer.plan is plan and is_every(offer.data, interval) and named in (None, offer.product_id)
    ]


def _missing(plan: ProductMetadata, interval: PlanInterval, offers: list[_Offer]) -> PriceProblem:
    key = plan.lookup_key(interval)
    count = len(_fitting(plan, interval, offers))
    if count:
        text = _("Plan %(plan)s has %(count)d active prices per %(interval)s and none is chosen.")
        cure = _("Give one of them the lookup key %(key)s, or make it the product's default price.")
    else:
        text = _("Plan %(plan)s has no active price per %(interval)s, so it cannot be bought.")
        cure = _(
            "Run bootstrap_subscriptions --push, or make the price in Stripe and run bootstrap_subscriptions."
        )
    words = {"plan": plan.slug, "interval": str(interval), "count": count, "key": key}
    return PriceProblem(plan.slug, str(interval), text % words, cure % words)


def _strays(plan: ProductMetadata, interval: PlanInterval, offers: list[_Offer]) -> list[PriceProblem]:
    """Whoever bought it would be on the product's plan, not on the one the lookup key names."""
    key = plan.lookup_key(interval)
    text = _(
        "Price %(price)s has the lookup key %(key)s but belongs to %(product)s, %(owner)s, so it is not used."
    )
    cure = _("Move the key to a price of plan %(plan)s, or set the metadata plan=%(plan)s on the product.")
    found = []
    for offer in offers:
        if offer.lookup_key == key and offer.plan is not plan:
            owner = _("the product of plan %s") % offer.plan.slug if offer.plan else _("which no plan names")
            words = {
                "price": offer.id,
                "key": key,
                "product": offer.product_id,
                "owner": owner,
                "plan": plan.slug,
            }
            found.append(PriceProblem(plan.slug, str(interval), text % words, cure % words))
    return found
