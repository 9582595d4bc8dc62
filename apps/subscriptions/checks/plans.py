"""What contradicts itself in metadata.py, plan by plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from apps.subscriptions.catalogue import stripe_product_id
from apps.subscriptions.metadata import Feature, Limit, PlanInterval, ProductMetadata

SLUG = re.compile(r"[-\w]{1,100}", re.ASCII)
MOST_FEATURES, LONGEST_FEATURE = 15, 80  # of a product at Stripe
CONTACTS = ("https://", "http://", "mailto:", "tel:", "/")
LONGEST_TRIAL = 730  # days, at Stripe


def check_list(plans: Sequence[ProductMetadata]) -> Iterator[CheckMessage]:
    """What no plan shows by itself."""
    for slug in _repeated(plan.slug for plan in plans):
        yield Error(
            f"Two products in ACTIVE_PRODUCTS have the slug '{slug}'.",
            hint="Give each plan a slug of its own; the one that people are on already keeps its slug.",
            id="subscriptions.E001",
        )
    if sum(plan.is_default for plan in plans) != 1:
        yield Error(
            "Exactly one product in ACTIVE_PRODUCTS has to be the default.",
            hint="Set is_default=True on the plan of holders without a subscription.",
            id="subscriptions.E002",
        )
    own = {plan.slug: stripe_product_id(plan) for plan in plans}
    for product_id in _repeated(found for found in own.values() if found):
        slugs = ", ".join(slug for slug, found in own.items() if found == product_id)
        yield Error(
            f"The plans {slugs} name the same product of Stripe, {product_id}.",
            hint="Give each plan its own stripe_id: a product tells which plan somebody is on.",
            id="subscriptions.E021",
        )


def _repeated(values: Any) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def check_intervals(intervals: Sequence[Any]) -> Iterator[CheckMessage]:
    unknown = [interval for interval in intervals if interval not in list(PlanInterval)]
    if intervals and not unknown and not _repeated(intervals):
        return
    yield Error(
        f"ACTIVE_PLAN_INTERVALS is {list(map(str, intervals))}: "
        "it has to name at least one interval, each once, of month and year.",
        hint="Write [PlanInterval.MONTH, PlanInterval.YEAR], or one of them.",
        id="subscriptions.E005",
    )


def check_plan(plan: ProductMetadata, intervals: Sequence[PlanInterval]) -> Iterator[CheckMessage]:
    """What one plan says about itself, but for the amounts of its prices."""
    yield from _check_slug(plan)
    yield from _check_words(plan)
    yield from _check_types(plan)
    yield from _check_numbers(plan)
    yield from _check_stripe_id(plan)
    yield from _check_offer(plan, intervals)
    yield from _check_marketing(plan)


def _check_slug(plan: ProductMetadata) -> Iterator[CheckMessage]:
    if not isinstance(plan.slug, str) or not SLUG.fullmatch(plan.slug):
        yield Error(
            f"The slug {plan.slug!r} is not one.",
            hint="Use letters, digits, hyphens and underscores, 100 at most: lookup keys begin with it.",
            id="subscriptions.E004",
        )


def _check_words(plan: ProductMetadata) -> Iterator[CheckMessage]:
    if not plan.name:
        yield Error(
            f"The plan '{plan.slug}' has no name.",
            hint="Give it one: pages show it, and Stripe takes no product without.",
            id="subscriptions.E029",
        )
    if plan.contact_url and not plan.contact_url.startswith(CONTACTS):
        yield Error(
            f"The plan '{plan.slug}' has the contact_url '{plan.contact_url}', which no browser can open.",
            hint=f"Begin it with one of {', '.join(CONTACTS)}, as in mailto:sales@example.com.",
            id="subscriptions.E030",
        )


def _check_types(plan: ProductMetadata) -> Iterator[CheckMessage]:
    wrong = [
        *(f"entitlement {value!r}" for value in plan.entitlements if not isinstance(value, Feature)),
        *(f"limit {key!r}" for key in plan.limits if not isinstance(key, Limit)),
        *(f"limit of {key}: {value!r}" for key, value in plan.limits.items() if not _is_limit(value)),
        *(f"price for {key!r}" for key in plan.prices if key not in list(PlanInterval)),
        *(f"price display for {key!r}" for key in plan.price_displays if key not in list(PlanInterval)),
        *([] if plan.quantity in ("holder", "one") else [f"quantity {plan.quantity!r}"]),
    ]
    for what in wrong:
        yield Error(
            f"The plan '{plan.slug}' has an unknown {what}.",
            hint="Entitlements are Feature, limits {Limit: number or None}, prices {PlanInterval: "
            'PushPrice}, quantity is "holder" or "one".',
            id="subscriptions.E016",
        )


def _is_limit(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


def _check_numbers(plan: ProductMetadata) -> Iterator[CheckMessage]:
    if plan.max_seats is not None and plan.max_seats < 1:
        yield Error(
            f"The plan '{plan.slug}' takes at most {plan.max_seats} seats.",
            hint="Set max_seats to 1 or more; None is unlimited.",
            id="subscriptions.E011",
        )
    if plan.trial_days is not None and not 0 <= plan.trial_days <= LONGEST_TRIAL:
        yield Error(
            f"The plan '{plan.slug}' has a trial of {plan.trial_days} days.",
            hint=f"Stripe takes 1 to {LONGEST_TRIAL}; 0 is no trial, None is the setting TRIAL_DAYS.",
            id="subscriptions.E013",
        )


def _check_stripe_id(plan: ProductMetadata) -> Iterator[CheckMessage]:
    name = plan.stripe_id
    if name is None or name.startswith("prod_") or str(getattr(settings, name, "")).startswith("prod_"):
        return
    yield Warning(
        f"The plan '{plan.slug}' has the stripe_id '{name}', which is neither a product id (prod_...) "
        "nor a setting that holds one.",
        hint=f'Define it in your settings, as in {name} = env("{name}"). Until then the product is found '
        f"by its metadata, plan={plan.slug}.",
        id="subscriptions.W014",
    )


def _check_offer(plan: ProductMetadata, intervals: Sequence[PlanInterval]) -> Iterator[CheckMessage]:
    if plan.prices and (plan.contact_url or plan.is_default):
        reason = "contact_url" if plan.contact_url else "is_default"
        yield Warning(
            f"The plan '{plan.slug}' has prices, but Checkout never sells it: it has {reason}.",
            hint=f"Take out the prices, or {reason}.",
            id="subscriptions.W015",
        )
    if unsold := [str(interval) for interval in plan.prices if interval not in intervals]:
        yield Warning(
            f"The plan '{plan.slug}' has a price per {' and '.join(unsold)}, which nobody can choose.",
            hint="Add the interval to ACTIVE_PLAN_INTERVALS, or take out the price: --push archives it then.",
            id="subscriptions.W006",
        )


def _check_marketing(plan: ProductMetadata) -> Iterator[CheckMessage]:
    long = [feature for feature in plan.features if len(feature) > LONGEST_FEATURE]
    if plan.prices and (long or len(plan.features) > MOST_FEATURES):
        yield Error(
            f"Stripe does not take the features of the plan '{plan.slug}'.",
            hint=f"At most {MOST_FEATURES} lines of {LONGEST_FEATURE} characters.",
            id="subscriptions.E022",
        )
