"""What a new team does first, as a list on its home page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.subscriptions.entitlements import Entitlements
from apps.subscriptions.holders import billing_url
from apps.teams.models import Membership, Team
from apps.teams.roles import Permission
from apps.teams.seats import Seats


@dataclass(frozen=True)
class Step:
    title: str
    text: str
    done: bool
    url: str = ""
    label: str = ""
    tone: str = "quiet"


@dataclass(frozen=True)
class FirstSteps:
    steps: list[Step]
    is_hidden: bool

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def are_shown(self) -> bool:
        return bool(self.steps) and not self.is_hidden


def first_steps(
    membership: Membership, seats: Seats, entitlements: Entitlements, *, has_plan: bool, leads: bool
) -> FirstSteps:
    """No steps once the needed ones are done, and for those who cannot do them. No query.

    `has_plan`: one was chosen, also if it is not paid now. `leads`: the first one that is open has the page's
    primary button.
    """
    team, steps = membership.team, []
    has_invited = seats["used"] + seats["pending"] > 1
    # A name and a logo are worth having, but the list does not stay for them alone.
    if membership.allows(Permission.MANAGE_MEMBERS) and not (has_invited and has_plan):
        steps = [
            Step(_("Create your team"), "", done=True),
            _naming(membership),
            _inviting(team, has_invited),
            _choosing(entitlements, has_plan),
            _picturing(team),
        ]
    return FirstSteps(_led(steps) if leads else steps, team.first_steps_hidden_at is not None)


def _led(steps: list[Step]) -> list[Step]:
    first = next((step for step in steps if not step.done), None)
    return [replace(step, tone="primary") if step is first else step for step in steps]


def _naming(membership: Membership) -> Step:
    return Step(
        _("Tell people your name"),
        _("Until then they see your email address."),
        bool(membership.user.name),
        reverse("users:profile"),
        _("Add your name"),
    )


def _inviting(team: Team, has_invited: bool) -> Step:
    return Step(
        _("Invite your colleagues"),
        _("They get a mail with a link. Nothing is billed before they join."),
        has_invited,
        reverse("team:members", args=[team.slug]),
        _("Invite people"),
    )


def _choosing(entitlements: Entitlements, has_plan: bool) -> Step:
    return Step(
        _("Choose a plan"),
        _("See the exact price for your seats before you pay."),
        has_plan,
        billing_url("tab", entitlements.holder),
        _("See plans"),
    )


def _picturing(team: Team) -> Step:
    return Step(
        _("Give the team a logo"),
        _("It stands beside the name, and on the invitations you send."),
        bool(team.logo),
        reverse("team:settings", args=[team.slug]),
        _("Add a logo"),
    )
