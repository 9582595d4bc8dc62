"""Holders whose subscription does not fit what is sold now."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from djstripe.models import Price

from apps.subscriptions.doctor.at_stripe import AtStripe
from apps.subscriptions.doctor.findings import Finding, named, ok, warn
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import LIVE_STATUSES, Subscription
from apps.subscriptions.services.seats import claims


def _live() -> QuerySet[Subscription]:
    return Subscription.objects.filter(status__in=LIVE_STATUSES, livemode=settings.STRIPE_LIVE_MODE)


def check_unknown_products(at_stripe: AtStripe) -> Iterator[Finding]:
    """Policy P13: they are let in where any plan is enough, and have what the default plan has."""
    known = Q(plan_slug__in=[slug for slug in _live().values_list("plan_slug", flat=True) if find_plan(slug)])
    rows = list(_live().filter(is_current=True).exclude(known).values_list("stripe_id", "price_id"))
    if not rows:
        yield ok("Every subscription is on a plan of ACTIVE_PRODUCTS.")
        return
    products = Price.objects.filter(id__in=[price for _id, price in rows]).values_list(
        "product_id", flat=True
    )
    yield warn(
        f"{len(rows)} subscription(s) on products that ACTIVE_PRODUCTS does not know: "
        f"{named([id for id, _price in rows])} ({named(sorted(set(products)))}).",
        "Add the plan to metadata.py, hidden, with this product as its stripe_id. Its holders follow with "
        "their next event, or by `Sync now` in the admin.",
    )


def check_archived(at_stripe: AtStripe) -> Iterator[Finding]:
    archived = {row["id"]: row for row in at_stripe.prices if not row["active"]}
    closed = {row["id"] for row in at_stripe.products if not row["active"]}
    rows = list(_live().values_list("price_id", "plan_slug"))
    for slug in sorted({slug for price, slug in rows if _product(at_stripe, price) in closed}):
        plan = find_plan(slug)
        if plan is not None and not plan.hidden:
            yield warn(
                f"The product of the plan '{slug}' is archived at Stripe while people are on it.",
                "They stay. Set hidden=True on the plan, or sell it again: bootstrap_subscriptions --push.",
            )
    count = sum(price in archived for price, _slug in rows)
    yield ok(f"{count} subscription(s) on prices that are no longer sold; they keep them.")


def _product(at_stripe: AtStripe, price_id: str) -> str:
    return next((row["product"] for row in at_stripe.prices if row["id"] == price_id), "")


def check_doubles(at_stripe: AtStripe) -> Iterator[Finding]:
    doubles = _live().values("holder").annotate(count=Count("pk")).filter(count__gt=1)
    holders = [str(row["holder"]) for row in doubles.order_by("holder")]
    if holders:
        yield warn(
            f"{len(holders)} holder(s) have more than one live subscription and pay twice: {named(holders)}.",
            "Cancel the newer one in Stripe, and give its money back.",
        )
    else:
        yield ok("No holder has two live subscriptions.")


def check_seats(at_stripe: AtStripe) -> Iterator[Finding]:
    holders = [str(holder) for holder in claims.abandoned().values_list("holder", flat=True)]
    if holders:
        yield warn(
            f"{len(holders)} holder(s) whose seats Stripe could not be told: {named(holders)}.",
            "The hourly run tries again. Or now: `manage.py sync_subscriptions`, which says what fails.",
        )
    else:
        yield ok("Stripe was told every number of seats.")
