"""How far a plan's limits are used, for meters on pages.

`settings.LIMIT_COUNTERS` names who counts: the limit's word, and a dotted path to a callable(holder).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from apps.core.billing import SubscriptionModelBase
from apps.core.memory import shown_by_fields
from apps.subscriptions.entitlements import Entitlements
from apps.subscriptions.metadata import Limit


@shown_by_fields
@dataclass(frozen=True)
class Usage:
    name: str
    used: int | None  # None: nobody counts it
    limit: int | None  # None: unlimited


def usage_of(entitlements: Entitlements) -> list[Usage]:
    """Each limit there is, in the order of `Limit`. A limit that the plan does not have counts as used up."""
    return [_usage(entitlements, limit) for limit in Limit]


def _usage(entitlements: Entitlements, limit: Limit) -> Usage:
    most = entitlements.limit(limit)
    used = _count(limit, entitlements.holder)
    return Usage(str(limit.label), 0 if used is None and most == 0 else used, most)


def _count(limit: Limit, holder: SubscriptionModelBase) -> int | None:
    path = settings.LIMIT_COUNTERS.get(limit.value)
    counted = import_string(path)(holder) if path else None
    return None if counted is None else int(counted)
