"""People and teams to look around with. Running it again changes nothing that is there."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand

from apps.teams.models import Membership, Team
from apps.teams.roles import Role
from apps.teams.services import add_member, create_team
from apps.users.models import CustomUser

PASSWORD = "lintel-demo"  # noqa: S105 - printed on purpose
PEOPLE = {
    "admin@example.com": "Alex Admin",
    "owner@example.com": "Olive Owner",
    "member@example.com": "Mika Member",
    "stranger@example.com": "Sam Stranger",
}


class Command(BaseCommand):
    help = "Creates the demo's people and teams. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        people = {email: make_person(email, name) for email, name in PEOPLE.items()}
        owner = people["owner@example.com"]
        demo = _team("Demo", owner)
        _join(demo, people["member@example.com"], by=owner)
        _team("Stranger & Sons", people["stranger@example.com"])
        self._print_logins()

    def _print_logins(self) -> None:
        self.stdout.write(f"Demo logins, all with the password {PASSWORD}:")
        for email in PEOPLE:
            self.stdout.write(f"  {email}")


def make_person(email: str, name: str) -> CustomUser:
    """With a verified address and the printed password; whoever is there stays as they are."""
    user = CustomUser.objects.filter(email=email).first()
    if user is None:
        staff = email.startswith("admin@")
        user = CustomUser.objects.create_user(email, PASSWORD, name=name, is_staff=staff, is_superuser=staff)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def _team(name: str, owner: CustomUser) -> Team:
    membership = Membership.all_teams.filter(user=owner, team__name=name).select_related("team").first()
    return membership.team if membership else create_team(name, by=owner)


def _join(team: Team, user: CustomUser, *, by: CustomUser) -> None:
    if not team.memberships.filter(user=user).exists():
        add_member(team, user, Role.MEMBER, by=by)
