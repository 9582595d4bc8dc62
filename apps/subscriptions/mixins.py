"""The gates of `decorators.py` for class-based views.

They stand around what `as_view()` makes: nothing of the view runs before the gate, whatever it overrides.
The view finds `subscription_holder` among its keyword arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.decorators import active_subscription_required, feature_required, limit_required
from apps.subscriptions.metadata import Feature, Limit
from apps.subscriptions.needs import need_of

if TYPE_CHECKING:
    from django.views import View as _Base
else:
    _Base = object


class ActiveSubscriptionRequiredMixin(_Base):
    """`limit_to_plans`: slugs; None: any. A typo raises UnknownPlan where the class is defined."""

    limit_to_plans: Collection[str] | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        need_of(cls.limit_to_plans)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        plans = initkwargs.get("limit_to_plans", cls.limit_to_plans)
        return active_subscription_required(limit_to_plans=plans)(super().as_view(**initkwargs))


class FeatureRequiredMixin(_Base):
    feature: Feature | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        feature = initkwargs.get("feature", cls.feature)
        if feature is None:
            raise ImproperlyConfigured(f"{cls.__name__} has to say which `feature` it needs.")
        return feature_required(feature)(super().as_view(**initkwargs))


class LimitRequiredMixin(_Base):
    limit: Limit | None = None

    def get_count(self, holder: SubscriptionModelBase) -> int:
        """How many the holder has now. The gate is open while one more fits."""
        raise ImproperlyConfigured(f"{type(self).__name__} has to say how many there are: get_count(holder).")

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        limit = initkwargs.get("limit", cls.limit)
        if limit is None or cls.get_count is LimitRequiredMixin.get_count:
            raise ImproperlyConfigured(f"{cls.__name__} needs a `limit` and get_count(holder).")
        gate = limit_required(limit, count=lambda holder: cls(**initkwargs).get_count(holder))
        return gate(super().as_view(**initkwargs))
