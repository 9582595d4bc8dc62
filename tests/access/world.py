"""The situation of every row: a team with somebody of each role, another team, and who is in neither."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress, get_emailconfirmation_model
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.core.billing import SubscriptionModelBase
from apps.teams.models import Team, TeamSlug
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from tests.access.people import PEOPLE


class AccessWorld:
    def __init__(self, holder: SubscriptionModelBase, owner: CustomUser) -> None:
        self.holder = holder
        self.team = holder if isinstance(holder, Team) else TeamFactory(owner=owner)
        self.people = {"owner": owner, **self._members(), **self._outsiders()}
        self.theirs = TeamFactory(owner=self.people["outsider"], members=1)
        self.ours = self._arguments(self.team, "stranger@example.com")
        self.foreign = {**self._arguments(self.theirs, "x@example.com"), "team_slug": self.team.slug}
        self.former_slug = "where-we-were"
        TeamSlug.all_teams.create(team=self.team, slug=self.former_slug)
        self.clients = {who: self._client(who) for who in PEOPLE}

    def _members(self) -> dict[str, CustomUser]:
        roles = (Role.ADMIN, Role.BILLING, Role.MEMBER)
        users = {role.value: UserFactory(email=f"{role}@example.com") for role in roles}
        for role in roles:
            MembershipFactory(team=self.team, user=users[role.value], role=role)
        return users

    def _outsiders(self) -> dict[str, CustomUser]:
        return {
            "stranger": UserFactory(email="stranger@example.com"),
            "outsider": UserFactory(email="outsider@example.com"),
            "staff": UserFactory(email="staff@example.com", is_staff=True),
            "superuser": UserFactory(email="superuser@example.com", is_staff=True, is_superuser=True),
        }

    def _arguments(self, team: Team, invited: str) -> dict[str, Any]:
        """One value for every argument an address of the product takes."""
        member = team.memberships.filter(role=Role.MEMBER).get()
        sent = timezone.now() - timedelta(hours=1)
        expires = sent + timedelta(days=settings.INVITATION_DAYS)
        invitation = InvitationFactory(team=team, email=invited, mail_sent_at=sent, expires_at=expires)
        return {
            "team_slug": team.slug,
            "team_name": team.name,
            "membership_id": member.pk,
            "invitation_id": invitation.pk,
            "token": invitation.token,
            # allauth and the admin
            "key": _confirmation_key(),
            "uidb36": "1",
            "pk": 1,  # of a passkey that is nobody's; tests/accounts/ has somebody's
            "id": member.user_id,
            "user_id": member.user_id,
            "holder_id": self.holder.pk,
            "name": "give-comp",
            "deed": "reset-password",
            "content_type_id": ContentType.objects.get_for_model(Team).pk,
            "object_id": team.pk,
            "app_label": "teams",
        }

    def _client(self, who: str) -> Client:
        client = Client()
        if who in self.people:
            client.force_login(self.people[who])
        return client


def filled(body: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """What a row posts, with the arguments in {braces} filled in and files to be read anew."""
    return {name: _value(value, values) for name, value in body.items()}


def _value(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, tuple):
        return SimpleUploadedFile(*value)
    return value.format(**values)


def _confirmation_key() -> str:
    """Of a link in a mail that asks somebody to confirm their address."""
    waiting = EmailAddress.objects.get(user=UserFactory(verified=False))
    return str(get_emailconfirmation_model().create(waiting).key)
