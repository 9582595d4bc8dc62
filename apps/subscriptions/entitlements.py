"""The only place that decides what a holder may do. Gates, templates, tasks and APIs ask here.

Reads our row and the clock, never Stripe.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.errors import NotEntitled
from apps.subscriptions.holders import holder_model
from apps.subscriptions.metadata import (
    Feature,
    Limit,
    ProductMetadata,
    default_plan,
    find_plan,
    plan_for_slug,
)
from apps.subscriptions.models import Subscription


@dataclass(frozen=True)
class Explanation:
    """Why something is allowed or refused: `text` for people, `data` for logs and APIs."""

    allowed: bool
    text: str
    data: dict[str, Any]


class Entitlements:
    def __init__(self, holder: SubscriptionModelBase, subscription: Subscription | None):
        self.holder = holder
        self.subscription = subscription
        self.has_subscription = subscription is not None and subscription.grants_access()
        self.plan = _plan_of(subscription) if self.has_subscription else default_plan()

    @property
    def plan_known(self) -> bool:
        """False while the holder pays for a product ACTIVE_PRODUCTS does not know (policy P13)."""
        return not self.has_subscription or bool(
            self.subscription and self.subscription.plan_slug == self.plan.slug
        )

    def on_plan(self, slugs: Collection[str]) -> bool:
        """Whether a subscription to one of these plans is open now. Raises UnknownPlan for a typo."""
        wanted = {plan_for_slug(slug).slug for slug in slugs}
        return self.has_subscription and self.plan_known and self.plan.slug in wanted

    def allows(self, feature: Feature) -> bool:
        return feature in self.plan.entitlements

    def limit(self, limit: Limit) -> int | None:
        """None: unlimited. A limit the plan does not name is 0."""
        return self.plan.limits.get(limit, 0)

    @property
    def seat_limit(self) -> int | None:
        return self.plan.max_seats

    @property
    def seats_left(self) -> int | None:
        """How many more members the plan takes; None: any number."""
        limit = self.seat_limit
        return None if limit is None else max(0, limit - self.holder.get_quantity())

    def explain(self, feature: Feature) -> Explanation:
        allowed = self.allows(feature)
        status = self.subscription.status if self.subscription else "none"
        sentence = (
            _("%(plan)s includes %(feature)s.") if allowed else _("%(plan)s does not include %(feature)s.")
        )
        text = sentence % {"plan": self.plan.name, "feature": feature}
        return Explanation(allowed, text, {"plan": self.plan.slug, "feature": str(feature), "status": status})

    def require(self, feature: Feature) -> None:
        """For tasks and APIs. Raises NotEntitled."""
        if not self.allows(feature):
            raise NotEntitled(self.explain(feature).text)


def entitlements_for(holder: SubscriptionModelBase) -> Entitlements:
    """One query."""
    return Entitlements(holder, holder.subscriptions.filter(is_current=True).first())


def _plan_of(subscription: Subscription | None) -> ProductMetadata:
    return find_plan(subscription.plan_slug if subscription else "") or default_plan()


def seat_limit(team: Any) -> int | None:
    """How many seats the team's plan takes; None: any number (`settings.TEAM_SEAT_LIMIT`)."""
    if not isinstance(team, holder_model()):
        return None
    return entitlements_for(team).seat_limit
