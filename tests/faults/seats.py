"""Flows of a team: people come and go, and the team itself."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed

from apps.subscriptions.holders import holder_model
from apps.teams import services
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.users.tests.factories import UserFactory
from tests.faults.buying import bought, choose
from tests.faults.changing import after, planned
from tests.faults.flows import Flow, nothing
from tests.faults.stage import Stage


def joined(stage: Stage) -> None:
    person = UserFactory(email=stage.new_name())
    stage.do(services.add_member, stage.holder, person, Role.MEMBER, by=stage.owner)
    stage.run_all_tasks()


def left(stage: Stage) -> None:
    (member,) = stage.members(active=True)
    stage.do(services.remove_member, member, by=stage.owner)
    stage.run_all_tasks()


def address_moved(stage: Stage) -> None:
    """As allauth does it once the new address is verified."""
    new = EmailAddress.objects.create(user=stage.owner, email="new@example.com", verified=True)

    def move() -> None:
        new.set_as_primary()
        email_changed.send(
            type(stage.owner), request=None, user=stage.owner, from_email_address=None, to_email_address=new
        )

    stage.do(move)
    stage.run_all_tasks()


def deleted(stage: Stage) -> None:
    team = holder_model()._default_manager.filter(pk=stage.team_id).first()
    if isinstance(team, Team):
        stage.send(f"/a/{team.slug}/team/delete/", {"confirm": team.name})


FLOWS = [
    Flow("an address for invoices", bought("starter"), address_moved, retry=nothing),
    Flow("a seat more", bought("pro", days=20), joined, retry=nothing, team_only=True),
    Flow("a seat more for a year", bought("pro", "year", 20), joined, retry=nothing, team_only=True),
    Flow("a seat less", after(bought("pro", days=20), joined), left, retry=nothing, team_only=True),
    Flow(
        "a seat more before a planned change",
        after(bought("pro", "year", 20), planned("pro", "month")),
        joined,
        retry=nothing,
        team_only=True,
    ),
    Flow(
        "what a seat costs",
        bought("pro", days=20),
        lambda stage: stage.open(stage.url("seats_preview"), {"added": "2"}),
        shows="$",
        team_only=True,
    ),
    Flow("a team that pays is deleted", bought("pro", days=20), deleted, team_only=True),
    Flow("a team with an open payment page is deleted", choose("pro"), deleted, team_only=True),
    Flow(
        "a team with a planned change is deleted",
        after(bought("pro", "year", 20), planned("pro", "month")),
        deleted,
        team_only=True,
    ),
]
