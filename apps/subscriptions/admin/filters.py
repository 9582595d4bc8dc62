"""Filters of the list of subscriptions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.subscriptions.metadata import ACTIVE_PRODUCTS
from apps.subscriptions.models import LIVE_STATUSES, Status, Subscription
from apps.subscriptions.services.upkeep import stale_subscriptions

Rows = QuerySet[Subscription]
SOON = timedelta(days=7)


class _Filter(admin.SimpleListFilter):
    """A filter whose choices are known; another word in the address shows everything."""

    def conditions(self) -> dict[str, tuple[Any, Q]]:
        """{word in the address: (label, condition)}"""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(word, label) for word, (label, _condition) in self.conditions().items()]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        known = self.conditions().get(self.value() or "")
        return queryset.filter(known[1]) if known else queryset


class StatusFilter(_Filter):
    title = _("status")
    parameter_name = "status"

    def conditions(self) -> dict[str, tuple[Any, Q]]:
        known = {str(status): (status.label, Q(status=status)) for status in Status}
        return {**known, "other": (_("A word we do not know"), ~Q(status__in=Status.values))}


class PlanFilter(_Filter):
    title = _("plan")
    parameter_name = "plan"

    def conditions(self) -> dict[str, tuple[Any, Q]]:
        slugs = [plan.slug for plan in ACTIVE_PRODUCTS]
        known = {plan.slug: (plan.name, Q(plan_slug=plan.slug)) for plan in ACTIVE_PRODUCTS}
        return {**known, "unknown": (_("Unknown to ACTIVE_PRODUCTS"), ~Q(plan_slug__in=slugs))}


class LookAtFilter(_Filter):
    """What somebody may have to look after."""

    title = _("what happens")
    parameter_name = "look_at"

    def conditions(self) -> dict[str, tuple[Any, Q]]:
        live = Q(status__in=LIVE_STATUSES)
        trial_ends = Q(status=Status.TRIALING, trial_end__lte=timezone.now() + SOON)
        return {
            "live": (_("Live"), live),
            "past-due": (_("Payment overdue"), Q(status__in=[Status.PAST_DUE, Status.UNPAID])),
            "ending": (_("Ending"), live & Q(ends_at__isnull=False)),
            "trial-ends": (_("Trial ends within 7 days"), trial_ends),
            "changing": (_("Changes plan at renewal"), live & ~Q(schedule_id="")),
            "waits": (_("Change waits for payment"), live & ~Q(pending_plan_slug="")),
            "paused": (_("Paused, or payments paused"), Q(status=Status.PAUSED) | Q(collection_paused=True)),
            "silent": (_("No word from Stripe when due"), Q(pk__in=stale_subscriptions().values("pk"))),
            "two-live": (_("Two live for one holder"), live & Q(Exists(_other_live()))),
        }


def _other_live() -> Rows:
    """Another live subscription of the same holder: somebody may be paying twice."""
    others = Subscription.objects.filter(holder=OuterRef("holder"), status__in=LIVE_STATUSES)
    return others.exclude(pk=OuterRef("pk"))
