"""The mail that asks somebody in: what it says, and that it leaves once."""

import re
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from apps.teams import services
from apps.teams.mails import outbox
from apps.teams.mails.invitation import invitation_mail
from apps.teams.mails.names import harmless
from apps.teams.models import Invitation
from apps.teams.roles import Role
from apps.teams.tasks import send_invitations_of, send_waiting_invitations
from apps.teams.tests.factories import InvitationFactory, TeamFactory

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)


@pytest.fixture
def team():
    return TeamFactory(name="Acme", owner__name="Ada Lovelace", owner__email="ada@example.com")


def html_of(message):
    return message.alternatives[0].content


class RefusesBad(EmailBackend):
    """A mail server that knows no bad@example.com."""

    def send_messages(self, messages):
        if any("bad@example.com" in message.to for message in messages):
            raise SMTPRecipientsRefused({"bad@example.com": (550, b"No such user")})
        return super().send_messages(messages)


class DiesOnce(EmailBackend):
    """The worker is killed after it took the row, before the mail left."""

    died = False

    def send_messages(self, messages):
        if not DiesOnce.died:
            DiesOnce.died = True
            raise SystemExit
        return super().send_messages(messages)


class DiesAfterwards(EmailBackend):
    """The worker is killed after the mail left, before that is noted."""

    died = False

    def send_messages(self, messages):
        super().send_messages(messages)
        if not DiesAfterwards.died:
            DiesAfterwards.died = True
            raise SystemExit


class SentAgainMeanwhile(EmailBackend):
    """While the first mail is on its way, somebody clicks on Send again."""

    clicked = False

    def send_messages(self, messages):
        if not SentAgainMeanwhile.clicked:
            SentAgainMeanwhile.clicked = True
            offer = Invitation.all_teams.get()
            services.resend_invitation(offer, by=offer.invited_by)
        return super().send_messages(messages)


def test_it_says_who_invites_where_to_as_what_until_when_and_what_else_happens(team):
    with timezone.override("Asia/Tokyo"):
        message = invitation_mail(
            InvitationFactory(team=team, email="ben@example.com", role=Role.ADMIN, expires_at=MOMENT)
        )

    assert message.subject == f"Join Acme on {settings.PROJECT_NAME}"
    assert message.to == ["ben@example.com"]
    assert message.reply_to == ["ada@example.com"]
    for text in (message.body, html_of(message)):
        assert "Ada Lovelace (ada@example.com) invites you to Acme as Admin." in text
        assert "It is for ben@example.com and open until 1 December 2026, 23:30 UTC." in text
        assert "without your answer nothing happens" in text
        assert "/teams/invitations/" in text


def test_one_whose_inviter_is_gone_names_nobody(team):
    offer = InvitationFactory(team=team)
    offer.invited_by = None

    message = invitation_mail(offer)

    assert "You are invited to Acme as Member." in message.body
    assert message.reply_to == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("J.R.R. Tolkien", "J. R. R. Tolkien"),
        ("Version 2.5", "Version 2.5"),
        ("Café Ñandú 株式会社", "Café Ñandú 株式会社"),
        ("www.evil.example/win", "www. evil. example/win"),
        ("https://evil.example", "https: //evil. example"),
        ("mailto:a@evil.example", "mailto:a@ evil. example"),
        ("evil。example", "evil。 example"),
        ("Ada\r\nBcc: all@example.com", "Ada Bcc: all@ example. com"),
        ("Ada\u202egnp.exe", "Adagnp. exe"),
        ("A\u200bda", "Ada"),
        ("x" * 150, "x" * 79 + "…"),
        ("a." * 75, "a. " * 26 + "a…"),
    ],
)
def test_a_name_smuggles_nothing_into_a_mail(name, shown):
    assert harmless(name) == shown


def test_a_hostile_team_and_inviter_make_a_plain_mail(team):
    team.name = "Win\r\nBcc: all@example.com https://evil.example"
    team.save()
    offer = InvitationFactory(team=team)
    offer.invited_by.name = "<a href='https://evil.example'>Support</a>"
    offer.invited_by.save()

    message = invitation_mail(Invitation.all_teams.get())

    headers = message.message()
    assert headers["Bcc"] is None
    # A long one is folded: its next line begins with a blank.
    assert not re.search(r"\n\S", headers["Subject"])
    assert "https://evil" not in message.body + html_of(message) + message.subject
    assert "<a href='" not in html_of(message)


def test_an_international_domain_is_reached_by_its_ascii_name(team, mailoutbox):
    offer = InvitationFactory(team=team, email="info@müller.de")

    assert outbox.send(offer.team, offer.pk) is True

    assert "xn--mller-kva.de" in mailoutbox[0].message()["To"]


def test_one_refused_address_holds_up_nobody(team, settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{__name__}.RefusesBad"
    for email in ("a@example.com", "bad@example.com", "z@example.com"):
        InvitationFactory(team=team, email=email)

    send_waiting_invitations()

    assert sorted(message.to[0] for message in mailoutbox) == ["a@example.com", "z@example.com"]
    assert Invitation.all_teams.get(mail_sent_at=None).email == "bad@example.com"


def test_a_refused_address_is_tried_ever_less_often(team, settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{__name__}.RefusesBad"
    offer = InvitationFactory(team=team, email="bad@example.com")
    later = timezone.now() + timedelta(days=2)

    with time_machine.travel(later):
        send_waiting_invitations()

    offer.refresh_from_db()
    assert offer.mail_sent_at is None
    assert timedelta(hours=4) < offer.mail_due_at - later < timedelta(hours=5)


def test_what_a_killed_worker_took_is_sent_once_by_the_next(team, settings, mailoutbox):
    settings.EMAIL_BACKEND, DiesOnce.died = f"{__name__}.DiesOnce", False
    InvitationFactory(team=team)
    with pytest.raises(SystemExit):
        send_waiting_invitations()

    send_waiting_invitations()
    assert mailoutbox == []
    with time_machine.travel(timezone.now() + outbox.CLAIM + timedelta(seconds=1)):
        send_waiting_invitations()
        send_waiting_invitations()

    assert len(mailoutbox) == 1


def test_who_dies_after_the_mail_left_leaves_it_to_be_sent_again_as_the_same_mail(team, settings, mailoutbox):
    settings.EMAIL_BACKEND, DiesAfterwards.died = f"{__name__}.DiesAfterwards", False
    InvitationFactory(team=team)
    with pytest.raises(SystemExit):
        send_waiting_invitations()

    with time_machine.travel(timezone.now() + outbox.CLAIM + timedelta(seconds=1)):
        send_waiting_invitations()
        send_waiting_invitations()

    first, again = [mail.message()["Message-ID"] for mail in mailoutbox]
    assert first == again


def test_the_task_of_one_team_leaves_the_others_to_theirs(team, mailoutbox):
    mine, theirs = InvitationFactory(team=team), InvitationFactory()

    send_invitations_of(str(team.pk))

    assert [message.to for message in mail.outbox] == [[mine.email]]
    theirs.refresh_from_db()
    assert theirs.mail_sent_at is None


def test_what_is_void_or_withdrawn_is_not_mailed(team, mailoutbox):
    InvitationFactory(team=team, revoked_at=timezone.now())
    InvitationFactory(team=team, invited_by=None)

    send_waiting_invitations()

    assert mailoutbox == []


def test_a_click_on_send_again_while_the_mail_leaves_is_kept(team, settings, mailoutbox):
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=False):
        InvitationFactory(team=team)
    settings.EMAIL_BACKEND, SentAgainMeanwhile.clicked = f"{__name__}.SentAgainMeanwhile", False

    assert outbox.send_waiting() == 1
    assert outbox.send_waiting() == 1
    assert outbox.send_waiting() == 0

    assert len(mailoutbox) == 2
