"""What is sold: metadata.py, Stripe and the mirror agree."""

from __future__ import annotations

from collections.abc import Iterator

from babel.numbers import is_currency

from apps.subscriptions.catalogue import price_problems, stripe_product_id
from apps.subscriptions.doctor.at_stripe import AtStripe
from apps.subscriptions.doctor.findings import Finding, fail, named, ok, warn
from apps.subscriptions.errors import SetupRefused
from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import ACTIVE_PRODUCTS, ProductMetadata
from apps.subscriptions.services.setup.catalogue_at_stripe import CatalogueAtStripe
from apps.subscriptions.services.setup.catalogue_mirror import out_of_step
from apps.subscriptions.services.setup.catalogue_push import pushing_steps

PULL, PUSH = "Run bootstrap_subscriptions.", "Run bootstrap_subscriptions --push."


def check_products(at_stripe: AtStripe) -> Iterator[Finding]:
    faults = [fault for plan in ACTIVE_PRODUCTS for fault in _product_faults(plan, at_stripe.products)]
    yield from faults
    if not faults:
        yield ok("Each plan for sale has its product at Stripe.")


def _product_faults(plan: ProductMetadata, products: list[Json]) -> Iterator[Finding]:
    named_id = stripe_product_id(plan)
    own = [row for row in products if row["id"] == named_id or row["metadata"].get("plan") == plan.slug]
    active = [row["id"] for row in own if row["active"]]
    if named_id and named_id not in {row["id"] for row in own}:
        yield fail(
            f"The plan '{plan.slug}' names the product {named_id}, which Stripe does not have for this key.",
            "Correct its stripe_id in metadata.py, or use the key of the account and mode that has it.",
        )
    elif plan.is_sold and not own:
        yield fail(f"The plan '{plan.slug}' has no product at Stripe.", PUSH)
    elif plan.is_sold and not (named_id in active if named_id else active):
        product = named_id or own[0]["id"]
        yield fail(
            f"The product {product} of the plan '{plan.slug}' is archived at Stripe, so nobody can buy it.",
            f"{PUSH} Or set hidden=True on the plan.",
        )
    if plan.is_sold and not named_id and len(active) > 1:
        yield warn(
            f"{len(active)} active products say plan={plan.slug}: {named(active)}.",
            "Archive all but one in Stripe, or name one by stripe_id.",
        )


def check_prices(at_stripe: AtStripe) -> Iterator[Finding]:
    problems = price_problems()
    for problem in problems:
        yield fail(problem.text, problem.cure)
    if not problems:
        yield ok("Each plan for sale has its price at each interval.")


def check_currencies(at_stripe: AtStripe) -> Iterator[Finding]:
    active = [price for price in at_stripe.prices if price["active"]]
    unknown = [price for price in active if not is_currency(price["currency"].upper(), "en")]
    for price in unknown:
        yield warn(
            f"The price {price['id']} is in '{price['currency']}', a currency that is not known here.",
            "It is shown with its code. Upgrade babel, or sell in another currency.",
        )
    if not unknown:
        used = sorted({price["currency"].upper() for price in active})
        yield ok(f"Currencies: {', '.join(used) or 'none yet'}.")


def check_mirror(at_stripe: AtStripe) -> Iterator[Finding]:
    old = sorted(step.id for step in out_of_step(at_stripe.products, at_stripe.prices))
    if old:
        yield warn(f"The copy here differs from Stripe for {named(old)}.", PULL)
    else:
        yield ok("The copy of products and prices here is as Stripe has them.")


def check_metadata(at_stripe: AtStripe) -> Iterator[Finding]:
    """Only for plans with prices in metadata.py; others are kept in Stripe's dashboard."""
    try:
        there = CatalogueAtStripe(at_stripe.products, at_stripe.prices)
        steps = [step.text for step in pushing_steps(there)]
    except SetupRefused:
        return  # `products` has said it
    if steps:
        yield warn(f"metadata.py and Stripe differ: a push would {named(steps)}.", PUSH)
    else:
        yield ok("Stripe sells what metadata.py says.")
