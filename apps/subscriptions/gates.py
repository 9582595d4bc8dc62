"""A gate asked in the middle of a view or a template: is it open, and what to say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.needs import Asked


@dataclass(frozen=True)
class FeatureGateCheck:
    """`message` is for people, whichever way it went; `data` is what `Entitlements.explain` gives."""

    passed: bool
    message: str
    data: dict[str, Any]

    def __bool__(self) -> bool:
        return self.passed


def get_feature_gate_check(
    holder: SubscriptionModelBase,
    asked: Asked = None,
    *,
    count: int | None = None,
    limit_to_plans: Collection[str] | None = None,
) -> FeatureGateCheck:
    """Whether the holder has a feature, room below a limit, one of these plans or (nothing named) any
    subscription, as things stand now (one query).

    Raises UnknownPlan for a slug no product has.
    """
    why = entitlements_for(holder).explain(asked if limit_to_plans is None else limit_to_plans, count=count)
    return FeatureGateCheck(why.allowed, why.text, why.data)
