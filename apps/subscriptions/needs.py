"""What a gate may ask for: a feature, room below a limit, one of some plans, or any subscription at all."""

from __future__ import annotations

from collections.abc import Collection

from apps.subscriptions.metadata import (
    ACTIVE_PRODUCTS,
    Feature,
    Limit,
    ProductMetadata,
    UnknownPlan,
    plan_for_slug,
)

Need = Feature | Limit | tuple[str, ...] | None
"""As gates keep it: plans are a tuple of slugs that exist; None is any subscription."""

Asked = Feature | Limit | str | Collection[str] | None
"""As people write it: plans may also be one slug, a list or a set."""


def need_of(asked: Asked) -> Need:
    """Raises UnknownPlan for a slug no product has, ValueError when no plan is named."""
    if asked is None or isinstance(asked, (Feature, Limit)):
        return asked
    return plans_of(asked)


def plans_of(slugs: str | Collection[str]) -> tuple[str, ...]:
    named = (slugs,) if isinstance(slugs, str) else tuple(slugs)
    if not named:
        raise ValueError("A gate for no plan never opens: name one, or leave limit_to_plans out.")
    return tuple(plan_for_slug(slug).slug for slug in named)


def plans_that_meet(need: Need, *, more_than: int = 0) -> list[ProductMetadata]:
    """The plans on offer that open such a gate; for a limit, those that take more than `more_than`."""
    return [plan for plan in ACTIVE_PRODUCTS if not plan.hidden and _meets(plan, need, more_than)]


def _meets(plan: ProductMetadata, need: Need, more_than: int) -> bool:
    if need is None:
        return not plan.is_default
    if isinstance(need, Feature):
        return need in plan.entitlements
    if isinstance(need, Limit):
        most = plan.limits.get(need, 0)
        return most is None or most > more_than
    return plan.slug in need


def to_text(need: Need) -> str:
    """For an address: "feature:audit-log", "limit:projects", "plan:pro,enterprise"; "": any subscription."""
    if need is None:
        return ""
    if isinstance(need, Feature):
        return f"feature:{need.value}"
    if isinstance(need, Limit):
        return f"limit:{need.value}"
    return f"plan:{','.join(need)}"


def from_text(text: str) -> Need:
    """None for what we did not write ourselves: it comes from an address, which anybody may edit."""
    kind, _, value = text.partition(":")
    try:
        if kind == "feature":
            return Feature(value)
        if kind == "limit":
            return Limit(value)
        return plans_of(value.split(",")) if kind == "plan" else None
    except (ValueError, UnknownPlan):
        return None
