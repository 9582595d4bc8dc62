"""The only place that decides what a holder may do. Gates, templates, tasks and APIs ask here.

Reads our rows and the clock, never Stripe.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from apps.core.billing import SubscriptionModelBase, keep_billing, with_billing
from apps.subscriptions import explanations
from apps.subscriptions.errors import NotEntitled
from apps.subscriptions.explanations import Explanation
from apps.subscriptions.holders import holder_model
from apps.subscriptions.metadata import Feature, Limit, ProductMetadata, default_plan, find_plan
from apps.subscriptions.models import Comp, Subscription
from apps.subscriptions.needs import Asked, need_of, plans_of

__all__ = ["Entitlements", "Explanation", "entitlements_for", "entitlements_read_with", "seat_limit"]


class Entitlements:
    """What one holder may do at this moment.

    `has_subscription` is what the bare gate asks: a subscription that grants access, or a plan given away in
    its place. `comp` is that given plan while it lasts and its product is sold.
    """

    def __init__(
        self, holder: SubscriptionModelBase, subscription: Subscription | None, comp: Comp | None = None
    ):
        self.holder = holder
        self.subscription = subscription
        self.comp = comp if comp and comp.is_open() and find_plan(comp.plan_slug) else None
        self.access = subscription.access() if subscription else None
        self.has_subscription = self.comp is not None or (self.access is not None and self.access.granted)
        self.plan = self._plan()

    def _plan(self) -> ProductMetadata:
        if self.comp:
            slug = self.comp.plan_slug
        else:
            slug = self.subscription.plan_slug if self.subscription and self.has_subscription else ""
        return find_plan(slug) or default_plan()

    @property
    def plan_known(self) -> bool:
        """False while the holder pays for a product ACTIVE_PRODUCTS does not know (policy P13)."""
        if self.comp or not self.has_subscription:
            return True
        return bool(self.subscription and self.subscription.plan_slug == self.plan.slug)

    def on_plan(self, slugs: Collection[str]) -> bool:
        """Whether one of these plans is open now. Raises UnknownPlan for a typo."""
        return self.has_subscription and self.plan_known and self.plan.slug in plans_of(slugs)

    def allows(self, feature: Feature) -> bool:
        return feature in self.plan.entitlements

    def limit(self, limit: Limit) -> int | None:
        """None: unlimited. A limit the plan does not name is 0."""
        return self.plan.limits.get(limit, 0)

    def limit_left(self, limit: Limit, count: int) -> int | None:
        """How many more fit when `count` are there; None: any number."""
        most = self.limit(limit)
        return None if most is None else max(0, most - count)

    @property
    def seat_limit(self) -> int | None:
        return self.plan.max_seats

    @property
    def seats_left(self) -> int | None:
        """How many more members the plan takes; None: any number."""
        limit = self.seat_limit
        return None if limit is None else max(0, limit - self.holder.get_quantity())

    def meets(self, asked: Asked = None, *, count: int | None = None) -> bool:
        """Whether a gate that asks for this is open: a feature, room below a limit, one of these plans, or
        (None) any subscription.

        A limit is met while one more than `count` fits; without a count, when the plan gives any at all.
        Raises UnknownPlan for a typo.
        """
        need = need_of(asked)
        if need is None:
            return self.has_subscription
        if isinstance(need, Feature):
            return self.allows(need)
        if isinstance(need, Limit):
            return self.limit_left(need, count or 0) != 0
        return self.on_plan(need)

    def explain(self, asked: Asked = None, *, count: int | None = None) -> Explanation:
        """The same with its reason, as text and data. Raises UnknownPlan for a typo."""
        need = need_of(asked)
        return explanations.explain(self, need, allowed=self.meets(need, count=count), count=count)

    def require(self, asked: Asked = None, *, count: int | None = None) -> None:
        """For tasks and APIs. Raises NotEntitled."""
        if not self.meets(asked, count=count):
            why = self.explain(asked, count=count)
            raise NotEntitled(why.text, why.data)


def entitlements_for(holder: SubscriptionModelBase) -> Entitlements:
    """As things stand now (one query)."""
    rows = with_billing(holder_model()._base_manager.all())
    row = rows.filter(pk=holder.pk).first()
    if row is None:  # deleted meanwhile
        return Entitlements(holder, None)
    keep_billing(row, row)
    return Entitlements(holder, *row.read_with_holder)


def entitlements_read_with(holder: SubscriptionModelBase) -> Entitlements:
    """As things stood when the holder was read, without a query if its billing was read with it.

    For the gates of a request. After a change ask `entitlements_for`.
    """
    if holder.read_with_holder is None:
        return entitlements_for(holder)
    return Entitlements(holder, *holder.read_with_holder)


def seat_limit(team: Any) -> int | None:
    """How many seats the team's plan takes; None: any number (`settings.TEAM_SEAT_LIMIT`).

    Of a team that was locked: now. Of the one a page is about: when the request began.
    """
    if not isinstance(team, holder_model()):
        return None
    return entitlements_read_with(team).seat_limit
