"""Who has access and who pays, as conditions of the database: a hundred thousand rows become a few groups.

`Subscription.access` decides; this says the same in SQL, and a test holds the two against each other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.subscriptions.metadata import ACTIVE_PRODUCTS
from apps.subscriptions.models import LIVE_STATUSES, Comp, Status, Subscription
from apps.subscriptions.models.subscription import GRANTING_STATUSES


class Standing(models.TextChoices):
    """The label says how payment and access go together."""

    PAID = "paid", _("Pays and has access")
    SILENT = "silent", _("Has access; Stripe has not confirmed the renewal yet")
    GRACE = "grace", _("Has access in the days of grace; the payment is overdue")
    TRIAL = "trial", _("Has access on trial; pays nothing yet")
    COLLECTION_PAUSED = "collection_paused", _("Has access; collection is paused")
    NO_AMOUNT = "no_amount", _("Has access; the price comes to nothing, or has no fixed amount")
    COMP = "comp", _("Has access; the plan is given away")
    NO_ACCESS = "no_access", _("Subscribed at Stripe, but has no access")


PAYING = frozenset({Standing.PAID, Standing.SILENT, Standing.GRACE})
OVER = ""  # neither access nor anything that still runs at Stripe


def refined(standing: str, *, costs: bool, has_comp: bool) -> str:
    """What the database cannot tell: whether the price comes to something. A given plan goes for the rest."""
    if standing in PAYING and not costs:
        standing = Standing.NO_AMOUNT
    return Standing.COMP if has_comp and standing not in PAYING else standing


def with_standing(rows: QuerySet[Subscription], now: datetime) -> QuerySet[Subscription]:
    """Each row with its `standing` as far as the database knows, and whether its holder `has_comp`."""
    comps = open_comps(now).filter(holder=OuterRef("holder"))
    return rows.annotate(standing=_standing(now), has_comp=Exists(comps))


def open_comps(now: datetime) -> QuerySet[Comp]:
    """Plans given away that are sold, as entitlements have it."""
    slugs = [plan.slug for plan in ACTIVE_PRODUCTS]
    lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    return Comp.objects.filter(lasting, ended_at__isnull=True, plan_slug__in=slugs)


def comps_alone(now: datetime) -> QuerySet[Comp]:
    """Of holders without any current subscription."""
    current = Subscription.objects.filter(holder=OuterRef("holder"), is_current=True)
    return open_comps(now).filter(~Exists(current))


def _standing(now: datetime) -> Case:
    trial, passed = Q(status=Status.TRIALING), _boundary_before(now)
    refused = _refused(now)
    words: list[tuple[Q, str]] = [
        (refused & Q(status__in=LIVE_STATUSES), Standing.NO_ACCESS),
        (refused, OVER),
        (trial, Standing.TRIAL),
        (Q(collection_paused=True), Standing.COLLECTION_PAUSED),
        (Q(status=Status.PAST_DUE), Standing.GRACE),
        (passed, Standing.SILENT),
    ]
    whens = [When(condition, then=Value(str(word))) for condition, word in words]
    return Case(*whens, default=Value(str(Standing.PAID)), output_field=models.CharField())


def _refused(now: datetime) -> Q:
    refused = ~Q(livemode=settings.STRIPE_LIVE_MODE) | ~Q(status__in=GRANTING_STATUSES) | Q(ends_at__lte=now)
    days = settings.SUBSCRIPTION_GRACE_DAYS
    if days is None:
        return refused
    limit = now - timedelta(days=days)
    return refused | _overdue_since_before(limit) | _boundary_before(limit)


def _overdue_since_before(moment: datetime) -> Q:
    since = Q(past_due_since__lte=moment) | Q(
        past_due_since__isnull=True, current_period_start__isnull=False, current_period_start__lte=moment
    )
    unknown = Q(past_due_since__isnull=True, current_period_start__isnull=True, created__lte=moment)
    return Q(status=Status.PAST_DUE) & (since | unknown)


def _boundary_before(moment: datetime) -> Q:
    trial = Q(status=Status.TRIALING, trial_end__isnull=False, trial_end__lte=moment)
    period = Q(status=Status.ACTIVE, current_period_end__isnull=False, current_period_end__lte=moment)
    return trial | period


# Months gone by ---------------------------------------------------------------------------------------
NEVER_PAID = (Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED)


def paid_at(moment: datetime) -> Q:
    """By the starts and ends of subscriptions: a trial is not paid for, nor what Stripe asks for in vain."""
    begun = Q(created__lt=moment) & (Q(trial_end__isnull=True) | Q(trial_end__lt=moment))
    lasting = Q(paid_until__isnull=True) | Q(paid_until__gte=moment)
    return begun & lasting & ~Q(status__in=NEVER_PAID)


def paid_until() -> Any:
    in_vain = Q(status__in=[Status.UNPAID, Status.PAUSED])
    return Case(
        When(ended_at__isnull=False, then=F("ended_at")),
        When(status=Status.CANCELED, then=Coalesce("ends_at", "synced_at")),
        When(in_vain, then=Coalesce("past_due_since", "current_period_start")),
        default=Value(None),
        output_field=models.DateTimeField(null=True),
    )
