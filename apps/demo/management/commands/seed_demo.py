"""More people to look around with, beside those of `seed_people`. A second run changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.services import add_member
from apps.users.models import CustomUser
from apps.web.management.commands.seed_people import TEAM, make_person, make_team

PEOPLE = {"member@example.com": "Mika Member", "stranger@example.com": "Sam Stranger"}


class Command(BaseCommand):
    help = "Creates the demo's people and teams. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("seed_people", stdout=self.stdout)
        member, stranger = (make_person(email, name) for email, name in PEOPLE.items())
        owner = CustomUser.objects.get(email="owner@example.com")
        _join(make_team(TEAM, owner), member, by=owner)
        make_team("Stranger & Sons", stranger)
        for email in PEOPLE:
            self.stdout.write(f"  {email}")


def _join(team: Team, user: CustomUser, *, by: CustomUser) -> None:
    if not team.memberships.filter(user=user).exists():
        add_member(team, user, Role.MEMBER, by=by)
