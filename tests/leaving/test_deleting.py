"""Somebody deletes their account on the page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.models import DELETED, AuditEntry
from apps.teams import services
from apps.teams.models import Invitation, Membership, Team
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from tests.leaving.conftest import fates

pytestmark = pytest.mark.django_db


def test_somebody_without_a_team_is_gone_and_gets_a_mail(ada, mailoutbox):
    answer = ada.delete()

    assert "Your account is deleted." in answer.content.decode()
    assert not ada.is_there
    assert not EmailAddress.objects.filter(email="ada@example.com").exists()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["ada@example.com"], f"Your {settings.PROJECT_NAME} account is deleted")
    ]


def test_they_are_signed_out_on_every_device(ada, leaving):
    phone = leaving(ada.user)
    assert phone.client.get("/users/profile/").status_code == 200

    ada.delete()

    assert phone.client.get("/users/profile/").status_code == 302
    assert not [one for one in Session.objects.all() if "_auth_user_id" in one.get_decoded()]


def test_another_address_typed_deletes_nothing(ada):
    answer = ada.delete("eve@example.com")

    assert answer.status_code == 422
    assert "That is not the address of the account. Nothing was deleted." in answer.content.decode()
    assert ada.is_there


def test_the_address_may_be_typed_in_capitals(ada):
    ada.delete(" ADA@Example.com ")

    assert not ada.is_there


# Teams --------------------------------------------------------------------------------------------------


def test_a_team_of_one_goes_along(ada):
    team = TeamFactory(owner=ada.user)
    assert fates(ada.page()) == ["goes"]

    ada.delete()

    assert not Team.objects.filter(pk=team.pk).exists()
    assert not ada.is_there


def test_whoever_is_the_only_one_whose_account_is_active_takes_the_team_along(ada):
    team = TeamFactory(owner=ada.user)
    MembershipFactory(team=team, user=UserFactory(is_active=False))

    assert fates(ada.page()) == ["goes"]
    ada.delete()

    assert not Team.objects.filter(pk=team.pk).exists()


def test_a_sole_owner_names_who_takes_over_first(ada, mailoutbox):
    team = TeamFactory(owner=ada.user, name="Engines")
    bob = MembershipFactory(team=team, user__email="bob@example.com")
    page = ada.page()
    assert fates(page) == ["needs heir"]
    assert "New owner of Engines" in page

    refused = ada.delete()
    assert refused.status_code == 422
    assert "Choose who takes over." in refused.content.decode()
    assert ada.is_there

    ada.delete(**{f"heir-{team.pk}": str(bob.pk)})
    bob.refresh_from_db()
    assert not ada.is_there
    assert bob.role == Role.OWNER
    assert Team.objects.get(pk=team.pk).billing_contact == bob.user
    assert ["bob@example.com"] in [mail.to for mail in mailoutbox]


def test_a_stranger_cannot_be_named(ada):
    team = TeamFactory(owner=ada.user)
    MembershipFactory(team=team)
    stranger = TeamFactory().memberships.get()

    refused = ada.delete(**{f"heir-{team.pk}": str(stranger.pk)})

    assert refused.status_code == 422
    assert ada.is_there


def test_of_a_large_team_the_page_of_the_team_asks(ada, monkeypatch):
    monkeypatch.setattr("apps.web.leaving.forms.MOST_TO_CHOOSE_FROM", 1)
    team = TeamFactory(owner=ada.user, members=2)

    page = ada.page()
    refused = ada.delete()

    assert f"/a/{team.slug}/team/transfer/" in page
    assert f"heir-{team.pk}" not in page
    assert f"Hand {team.name} over first." in refused.content.decode()
    assert ada.is_there


def test_who_joined_since_the_page_was_drawn_keeps_the_team(ada, monkeypatch):
    """Between the look at Stripe and the deletion: the transaction looks again."""
    team = TeamFactory(owner=ada.user)

    def joins(*args, **kwargs):
        MembershipFactory(team=team)

    monkeypatch.setattr("apps.web.leaving.deletion._end_what_runs_outside", joins)
    answer = ada.delete()

    assert "would be left without an owner" in answer.content.decode()
    assert ada.is_there
    assert Team.objects.filter(pk=team.pk).exists()


def test_beside_another_owner_and_as_a_member_one_just_leaves(ada):
    owned, joined = TeamFactory(), TeamFactory()
    MembershipFactory(team=owned, user=ada.user, role=Role.OWNER)
    MembershipFactory(team=joined, user=ada.user)
    owned.billing_contact = ada.user
    owned.save()
    assert fates(ada.page()) == ["stays", "stays"]

    ada.delete()

    assert Membership.all_teams.count() == 2
    owned.refresh_from_db()
    assert owned.billing_contact == owned.memberships.get().user


def test_invoices_of_a_team_they_are_not_in_go_to_its_owner(ada):
    team = TeamFactory()
    team.billing_contact = ada.user
    team.save()

    ada.delete()

    team.refresh_from_db()
    assert team.billing_contact == team.memberships.get().user


# What is kept -------------------------------------------------------------------------------------------


def test_nothing_of_ours_names_them_any_more(ada, django_user_model):
    team = TeamFactory()
    invitation = services.invite(team, ["ada@example.com"], Role.ADMIN, by=team.memberships.get().user)
    assert invitation
    services.accept_invitation(Invitation.all_teams.get(), user=ada.user)
    services.invite(team, ["new@example.com"], Role.MEMBER, by=ada.user)

    ada.delete()

    stories = [
        f"{entry.actor_label} {entry.target_label} {entry.before} {entry.after}"
        for entry in AuditEntry.objects.all()
    ]
    assert not [story for story in stories if "ada@example.com" in story or "Ada Lovelace" in story]
    (end,) = AuditEntry.objects.filter(action="user.deleted")
    assert end.actor_label == end.target_label
    assert end.actor_label.startswith(DELETED)
    assert AuditEntry.objects.filter(actor_label=end.actor_label, action="team.invited").exists()
    assert list(Invitation.all_teams.values_list("email", flat=True)) == ["new@example.com"]


def test_invitations_they_sent_are_withdrawn(ada):
    team = TeamFactory()
    MembershipFactory(team=team, user=ada.user, role=Role.ADMIN)
    sent = InvitationFactory(team=team, invited_by=ada.user)
    assert "1 open invitation that was sent is withdrawn." in ada.page()

    ada.delete()

    sent.refresh_from_db()
    assert sent.revoked_at is not None


def test_the_team_reads_that_somebody_left(ada, leaving):
    team = TeamFactory(members=1)
    MembershipFactory(team=team, user=ada.user)

    ada.delete()

    left = AuditEntry.objects.get(action="team.member_left")
    assert left.actor_label.startswith(DELETED)
    assert left.target_label == left.actor_label
    reader = leaving(team.memberships.get(role=Role.OWNER).user)
    page = reader.client.get(f"/a/{team.slug}/activity/").content.decode()
    assert "left the team" in page
    assert "Lovelace" not in page


# Who it is ----------------------------------------------------------------------------------------------


def test_whoever_signed_in_a_while_ago_says_again_who_they_are(ada):
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        asked = ada.client.get("/users/delete/")
        posted = ada.client.post("/users/delete/", {"confirm": "ada@example.com"})

    assert asked.url == "/accounts/reauthenticate/?next=%2Fusers%2Fdelete%2F"
    assert posted.url == asked.url
    assert ada.is_there


def test_without_password_or_passkey_one_signs_in_anew(ada):
    CustomUser.objects.filter(pk=ada.user.pk).update(password="!")
    ada.user.refresh_from_db()
    ada.client.force_login(ada.user)

    asked = ada.client.get("/users/delete/")

    assert asked.status_code == 403
    assert "Sign out and in again" in asked.content.decode()
    assert 'value="/accounts/login/?next=/users/delete/"' in asked.content.decode()
    assert ada.client.post("/users/delete/", {"confirm": "ada@example.com"}).status_code == 403
    assert ada.is_there


def test_the_page_asks_the_same_for_one_team_and_for_many(ada):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            ada.page()
        return [query["sql"] for query in queries if query["sql"].startswith("SELECT")]

    TeamFactory(owner=ada.user, members=2)
    asked()  # the first look may have a message to show
    one = asked()
    for _ in range(4):
        TeamFactory(owner=ada.user, members=2)
    many = asked()

    assert len(one) == len(many) <= 8
    assert len(set(many)) == len(many)
