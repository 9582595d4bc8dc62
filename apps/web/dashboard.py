"""What a team's home page shows: first steps until done, how the plan is used, what happened."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.models import AuditEntry
from apps.subscriptions.entitlements import Entitlements
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import Limit
from apps.teams.models import Membership, Team
from apps.teams.roles import Permission
from apps.teams.seats import Seats
from apps.web.activity import Happening, told

ENTRIES_SHOWN = 8
# Told by another entry already, or of no interest to the team.
LEFT_OUT = ["team.invitation_accepted", "subscription.portal_opened"]


@dataclass(frozen=True)
class Step:
    title: str
    text: str
    done: bool
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class PlanLimit:
    name: str
    allowed: int | None  # None: unlimited


def onboarding(membership: Membership, seats: Seats, entitlements: Entitlements) -> list[Step]:
    """The first steps of a new team; empty once all are done, and for those who cannot do them."""
    if not membership.allows(Permission.MANAGE_MEMBERS):
        return []
    steps = [
        Step(_("Create your team"), _("Done: you are its owner."), True),
        _inviting(membership.team, seats),
        _choosing(entitlements),
    ]
    return [] if all(step.done for step in steps) else steps


def _inviting(team: Team, seats: Seats) -> Step:
    return Step(
        _("Invite your colleagues"),
        _("They get a mail with a link. Nothing is billed before they join."),
        seats["used"] + seats["pending"] > 1,
        reverse("team:members", args=[team.slug]),
        _("Invite people"),
    )


def _choosing(entitlements: Entitlements) -> Step:
    return Step(
        _("Choose a plan"),
        _("See the exact price for your seats before you pay."),
        entitlements.has_subscription,
        billing_url("tab", entitlements.holder),
        _("See plans"),
    )


def limits_of(entitlements: Entitlements) -> list[PlanLimit]:
    return [PlanLimit(str(limit.label), entitlements.limit(limit)) for limit in Limit]


def recent_activity(team: Team) -> list[Happening]:
    """Newest first (two queries)."""
    entries = (
        AuditEntry.objects.filter(holder_id=team.pk).exclude(action__in=LEFT_OUT).select_related("actor")
    )
    return [told(entry) for entry in entries[:ENTRIES_SHOWN]]
