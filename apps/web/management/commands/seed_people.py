"""Who can sign in on a new laptop: an owner with a team, and staff. A second run changes nothing."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand

from apps.teams.models import Membership, Team
from apps.teams.services import create_team
from apps.users.models import CustomUser

PASSWORD = "lintel-demo"  # noqa: S105 - printed on purpose
PEOPLE = {"admin@example.com": "Alex Admin", "owner@example.com": "Olive Owner"}
TEAM = "Demo"


class Command(BaseCommand):
    help = "Creates an owner with a team and a superuser, for a laptop. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        people = {email: make_person(email, name) for email, name in PEOPLE.items()}
        make_team(TEAM, people["owner@example.com"])
        self.stdout.write(f"Logins, all with the password {PASSWORD}:")
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


def make_team(name: str, owner: CustomUser) -> Team:
    membership = Membership.all_teams.filter(user=owner, team__name=name).select_related("team").first()
    return membership.team if membership else create_team(name, by=owner)
