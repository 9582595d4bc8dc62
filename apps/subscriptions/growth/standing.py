"""Who has access and who pays, now. Access is decided where it always is: `Subscription.access`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.subscriptions.growth.worth import Worth
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Comp, Status, Subscription
from apps.subscriptions.models.subscription import Because


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
WITHOUT_ACCESS = frozenset({Standing.NO_ACCESS})


@dataclass(frozen=True, slots=True)
class Line:
    """One holder with access or a subscription, or both."""

    holder_id: UUID
    standing: Standing
    plan_slug: str
    currency: str = ""
    seats: int = 0
    monthly: Fraction = Fraction(0)

    @property
    def has_access(self) -> bool:
        return self.standing not in WITHOUT_ACCESS

    @property
    def pays(self) -> bool:
        return self.standing in PAYING


def standings(rows: Iterable[Subscription], worth: Worth, now: datetime) -> list[Line]:
    """Of each holder's current subscription, and of those with a given plan alone (one query)."""
    comps = _open_comps(now)
    found = [_line(row, worth.of(row), comps, now) for row in rows if row.is_current]
    subscribed = {line.holder_id for line in found if line}
    alone = [Line(pk, Standing.COMP, slug) for pk, slug in comps.items() if pk not in subscribed]
    return [line for line in found if line] + alone


def _open_comps(now: datetime) -> dict[UUID, str]:
    """{holder: plan} of plans given away that are sold, as entitlements have it."""
    lasting = Comp.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), ended_at__isnull=True)
    return {pk: slug for pk, slug in lasting.values_list("holder_id", "plan_slug") if find_plan(slug)}


def _line(row: Subscription, monthly: Fraction | None, comps: dict[UUID, str], now: datetime) -> Line | None:
    standing = _standing(row, monthly, now)
    if standing not in PAYING and row.holder_id in comps:
        return Line(row.holder_id, Standing.COMP, comps[row.holder_id])
    if standing is None:
        return None
    amount = monthly or Fraction(0) if standing in PAYING else Fraction(0)
    return Line(row.holder_id, standing, row.plan_slug, row.currency, row.quantity or 0, amount)


def _standing(row: Subscription, monthly: Fraction | None, now: datetime) -> Standing | None:
    access = row.access(now)
    if not access.granted:
        return Standing.NO_ACCESS if row.is_live else None
    if row.status == Status.TRIALING:
        return Standing.TRIAL
    if row.collection_paused:
        return Standing.COLLECTION_PAUSED
    if not monthly:
        return Standing.NO_AMOUNT
    if access.because == Because.IN_GRACE:
        return Standing.GRACE
    return Standing.SILENT if access.because == Because.SILENT else Standing.PAID
