"""A mail speaks as its reader does, whoever clicked and wherever it is written."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from apps.subscriptions.mails.payer import payer_of
from apps.teams.mails.invitation import invitation_mail
from apps.teams.mails.membership import mail_for
from apps.teams.models import Team
from apps.teams.tests.factories import InvitationFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
FACTS = {"team": "Acme", "by": "Ada", "slug": "acme", "role": "billing"}


@pytest.fixture
def zoe() -> CustomUser:
    return UserFactory(email="zoe@example.com", name="Zoé", language="fr")


@pytest.fixture
def ada() -> CustomUser:
    return UserFactory(email="ada@example.com", name="Ada")


def test_a_change_of_role_is_told_in_the_members_language(zoe: CustomUser, ada: CustomUser) -> None:
    french, english = mail_for("role_changed", [zoe], FACTS), mail_for("role_changed", [ada], FACTS)

    assert french.subject == "Votre rôle dans Acme\xa0: Facturation"
    assert '<html lang="fr"' in str(french.alternatives[0].content)
    assert english.subject == "Your role in Acme: Billing"


def test_it_does_not_speak_as_whoever_clicked(ada: CustomUser) -> None:
    with translation.override("fr"):
        assert mail_for("role_changed", [ada], FACTS).subject == "Your role in Acme: Billing"


def test_an_invitation_to_a_stranger_speaks_as_the_one_who_invites(zoe: CustomUser, ada: CustomUser) -> None:
    french = InvitationFactory(team=TeamFactory(name="Acme", owner=zoe), invited_by=zoe, role="admin")
    english = InvitationFactory(team=TeamFactory(name="Acme", owner=ada), invited_by=ada)

    assert invitation_mail(french).subject == f"Rejoignez Acme sur {settings.PROJECT_NAME}"
    assert "vous invite dans Acme avec le rôle Admin" in invitation_mail(french).body
    assert invitation_mail(english).subject == f"Join Acme on {settings.PROJECT_NAME}"


def test_an_invitation_to_a_user_speaks_as_they_do(zoe: CustomUser, ada: CustomUser) -> None:
    offer = InvitationFactory(team=TeamFactory(name="Acme", owner=ada), invited_by=ada, email=zoe.email)

    assert invitation_mail(offer).subject == f"Rejoignez Acme sur {settings.PROJECT_NAME}"


def test_account_mails_speak_as_the_person_has_chosen(client: Client, zoe: CustomUser) -> None:
    client.post(reverse("account_reset_password"), {"email": zoe.email})

    assert mail.outbox[-1].subject == "Choisissez un nouveau mot de passe"


def test_without_a_choice_account_mails_speak_as_the_page_did(client: Client, ada: CustomUser) -> None:
    french = {"Accept-Language": "fr"}
    client.post(reverse("account_reset_password"), {"email": ada.email}, headers=french)
    client.post(reverse("account_reset_password"), {"email": "nobody@example.com"}, headers=french)

    assert [m.subject for m in mail.outbox] == [
        "Choisissez un nouveau mot de passe",
        "Aucun compte avec cette adresse",
    ]


@pytest.mark.team_holder
def test_mails_about_money_speak_as_the_billing_contact_has_chosen(zoe: CustomUser, ada: CustomUser) -> None:
    assert payer_of(TeamFactory(owner=zoe)).language == "fr"
    assert payer_of(TeamFactory(owner=ada)).language == "en"


def test_operators_read_the_sites_language(settings: Any, zoe: CustomUser) -> None:
    with translation.override("fr"):
        assert payer_of(None).language == settings.LANGUAGE_CODE


@pytest.mark.team_holder
def test_what_stands_in_the_log_is_in_one_language_and_read_in_any(client: Client, zoe: CustomUser) -> None:
    team: Team = TeamFactory(owner=zoe, members=1)
    member = team.memberships.exclude(user=zoe).get()
    name = member.user.name
    client.force_login(zoe)
    client.post(reverse("team:member_role", args=[team.slug, member.pk]), {"role": "billing"})

    french = client.get(reverse("web:activity", args=[team.slug])).content.decode()
    client.post(reverse("set_language"), {"language": "en"})
    english = client.get(reverse("web:activity", args=[team.slug])).content.decode()

    assert f"a changé le rôle de {name} (Facturation)" in " ".join(french.split())
    assert f"changed the role of {name} (Billing)" in " ".join(english.split())
