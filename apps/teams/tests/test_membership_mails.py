"""Who hears by mail that somebody else changed their place in a team."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from apps.core.outbox import sending
from apps.teams import services
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory(name="Acme", slug="acme", owner__name="Olga Owner")


@pytest.fixture
def member(team):
    return MembershipFactory(team=team, user__name="Mia May", user__email="mia@example.com")


def committed():
    return TestCase.captureOnCommitCallbacks(execute=True)


def told(mailoutbox):
    return [(mail.to, mail.subject) for mail in mailoutbox]


def test_whoever_is_removed_hears_it_once(team, owner, member, mailoutbox):
    with committed():
        services.remove_member(member, by=owner)

    assert told(mailoutbox) == [(["mia@example.com"], "You are no longer in Acme")]
    mail = mailoutbox[0]
    assert "Olga Owner took you off Acme." in mail.body
    assert "/teams/" in mail.body
    assert mail.alternatives[0].mimetype == "text/html"


def test_whoever_leaves_knows_it(team, member, mailoutbox):
    with committed():
        services.leave_team(team, by=member.user)

    assert mailoutbox == []


def test_whose_role_changes_hears_the_new_one(team, owner, member, mailoutbox):
    with committed():
        services.change_role(member, Role.ADMIN, by=owner)

    assert told(mailoutbox) == [(["mia@example.com"], "Your role in Acme: Admin")]
    assert "/a/acme/team/" in mailoutbox[0].body


def test_the_role_one_has_already_is_no_news(team, owner, member, mailoutbox):
    with committed():
        services.change_role(member, Role.MEMBER, by=owner)

    assert mailoutbox == []


def test_who_steps_down_by_themselves_knows_it(team, owner, mailoutbox):
    MembershipFactory(team=team, role=Role.OWNER)

    with committed():
        services.change_role(team.memberships.get(user=owner), Role.ADMIN, by=owner)

    assert mailoutbox == []


def test_both_hear_of_a_new_owner(team, owner, member, mailoutbox):
    with committed():
        services.transfer_ownership(team, member, by=owner)

    assert told(mailoutbox) == [
        (["mia@example.com"], "You own Acme now"),
        ([owner.email], "You handed Acme over to Mia May"),
    ]


def test_all_the_others_hear_that_the_team_is_gone(team, owner, member, mailoutbox):
    MembershipFactory(team=team, user__email="max@example.com")
    MembershipFactory(team=team, user__email="asleep@example.com", user__is_active=False)

    with committed():
        services.delete_team(team, by=owner)

    assert sorted(told(mailoutbox)) == [
        (["max@example.com"], "Acme was deleted"),
        (["mia@example.com"], "Acme was deleted"),
    ]


def test_what_is_undone_is_not_told(team, owner, member, mailoutbox):
    with committed(), transaction.atomic():
        services.remove_member(member, by=owner)
        transaction.set_rollback(True)

    assert mailoutbox == []


@pytest.mark.parametrize("name", ["Evil\r\nBcc: all@example.com", "<b>Bold</b>", "مرحبا"])
def test_no_name_gets_out_of_its_place(owner, team, member, mailoutbox, name):
    owner.name = name
    owner.save()

    with committed():
        services.remove_member(member, by=owner)

    mail = mailoutbox[0]
    assert mail.recipients() == ["mia@example.com"]
    assert "<b>" not in mail.alternatives[0].content
    assert mail.message().as_bytes()


class AwayBackend(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("away")


def test_a_mail_server_that_is_away_stops_nobody_and_gets_the_mail_later(
    team, owner, member, settings, mailoutbox
):
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.AwayBackend"
    with committed():
        services.remove_member(member, by=owner)
    assert not team.memberships.filter(pk=member.pk).exists()

    settings.EMAIL_BACKEND = backend
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        sending.send_waiting()

    assert told(mailoutbox) == [(["mia@example.com"], "You are no longer in Acme")]


def test_a_broker_that_is_away_loses_no_mail(team, owner, member, mailoutbox):
    services.remove_member(member, by=owner)  # nothing follows: its task got lost

    sending.send_waiting()
    sending.send_waiting()

    assert told(mailoutbox) == [(["mia@example.com"], "You are no longer in Acme")]


def test_each_reads_that_the_team_is_gone_in_their_language(team, owner, member, mailoutbox):
    for name in ("zoe", "luc"):
        MembershipFactory(team=team, user__email=f"{name}@example.com", user__language="fr")

    with committed():
        services.delete_team(team, by=owner)

    subjects = {mail.to[0]: mail.subject for mail in mailoutbox}
    assert subjects["mia@example.com"] == "Acme was deleted"
    assert subjects["zoe@example.com"] == subjects["luc@example.com"] != "Acme was deleted"
    assert len(subjects) == len(mailoutbox) == 3


def test_who_was_switched_off_meanwhile_gets_no_mail(team, owner, member, mailoutbox):
    with committed():
        services.remove_member(member, by=owner)
        member.user.is_active = False
        member.user.save()

    assert mailoutbox == []


def test_names_carry_no_links_and_no_lines_into_a_mail(team, owner, member, mailoutbox):
    owner.name = "Security\r\nBcc: x@evil.example\r\n\r\nhttps://evil.example/login"
    owner.save()
    services.rename_team(team, "Visit www.evil.example", by=owner)

    with committed():
        services.remove_member(member, by=owner)

    mail = mailoutbox[0]
    everything = f"{mail.subject}\n{mail.body}\n{mail.alternatives[0].content}"
    assert mail.recipients() == ["mia@example.com"]
    assert "evil.example" not in everything
    assert "Security Bcc: x@ evil. example" in mail.body


def test_who_has_no_name_is_called_by_the_address(team, member, mailoutbox):
    owner = team.memberships.owners().get().user
    owner.name, owner.email = "", "olga@example.com"
    owner.save()

    with committed():
        services.remove_member(member, by=owner)

    assert "olga@example.com took you off Acme." in mailoutbox[0].body
