"""What somebody reads who came to the Subscription tab from a closed gate."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.numbers import number_text
from apps.subscriptions.entitlements import Entitlements
from apps.subscriptions.explanations import one_of, situation_of
from apps.subscriptions.metadata import Feature, Limit, ProductMetadata, plan_for_slug
from apps.subscriptions.needs import Need, plans_that_meet


@dataclass(frozen=True)
class PlanGives:
    slug: str
    name: str
    gives: str


@dataclass(frozen=True)
class Prompt:
    title: str
    situation: str  # "" when there is nothing to say about a subscription
    plans: list[PlanGives]  # those that open the gate
    is_open: bool  # meanwhile
    can_change: bool = False  # there is a running plan, and another one is what it takes


def prompt_for(entitlements: Entitlements, need: Need) -> Prompt:
    """`need` as the gate wrote it into the address; whoever edits it only asks about another gate."""
    if not isinstance(need, Limit) and entitlements.meets(need):
        return Prompt(_("Your plan opens that page now"), "", [], is_open=True)
    more_than = (entitlements.limit(need) or 0) if isinstance(need, Limit) else 0
    fitting = plans_that_meet(need, more_than=more_than)
    plans = [] if _own_plan_is_off(entitlements, fitting) else [_gives(plan) for plan in fitting]
    can_change = entitlements.access is not None and entitlements.access.granted and bool(plans)
    title, situation = _title(entitlements, need), _situation(entitlements)
    return Prompt(title, situation, plans, is_open=False, can_change=can_change)


def _own_plan_is_off(entitlements: Entitlements, fitting: list[ProductMetadata]) -> bool:
    """They have the plan, and it opens nothing at the moment: another one is no help."""
    row = entitlements.subscription
    if entitlements.has_subscription or row is None or row.is_over:
        return False
    return row.plan_slug in {plan.slug for plan in fitting}


def _title(entitlements: Entitlements, need: Need) -> str:
    plan = entitlements.plan.name
    if need is None:
        return _("That page needs a paid plan")
    if isinstance(need, Feature):
        return _("%(feature)s is not part of %(plan)s") % {"feature": need.label, "plan": plan}
    if isinstance(need, Limit):
        return _limit_title(need, entitlements.limit(need), plan)
    return _("That page needs %(plans)s") % {"plans": one_of([plan_for_slug(slug).name for slug in need])}


def _limit_title(limit: Limit, most: int | None, plan: str) -> str:
    if most is None:
        return _("%(limit)s: any number with %(plan)s") % {"limit": limit.label, "plan": plan}
    words = {"limit": limit.label, "plan": plan, "most": number_text(most)}
    return _("%(limit)s: %(plan)s takes %(most)s") % words


def _situation(entitlements: Entitlements) -> str:
    """Only of a subscription that should open something and does not."""
    row = entitlements.subscription
    if entitlements.has_subscription or row is None or row.is_over:
        return ""
    return situation_of(entitlements).text


def _gives(plan: ProductMetadata) -> PlanGives:
    features = [str(feature.label) for feature in Feature if feature in plan.entitlements]
    limits = [_limit(limit, plan.limits[limit]) for limit in Limit if plan.limits.get(limit, 0) != 0]
    return PlanGives(plan.slug, plan.name, ", ".join([*features, *limits]))


def _limit(limit: Limit, most: int | None) -> str:
    number = _("any number") if most is None else str(most)
    return _("%(limit)s: %(number)s") % {"limit": limit.label, "number": number}
