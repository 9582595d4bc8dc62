"""A mail that a page posts leaves after the commit, once, in time or never; its words go when it is over."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from apps.core.models import OutgoingMail
from apps.core.outbox import pruning, sending
from apps.core.outbox.letters import content_of
from apps.core.outbox.posting import post
from apps.core.tests.races import at_once

pytestmark = pytest.mark.django_db


class MailServer(EmailBackend):
    answer: Exception | None = None

    def send_messages(self, messages):
        if self.answer:
            raise self.answer
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    """`server(error)`: from now on it answers that; None: it takes what comes."""
    settings.EMAIL_BACKEND = f"{__name__}.MailServer"
    return lambda error: monkeypatch.setattr(MailServer, "answer", error)


AWAY = smtplib.SMTPServerDisconnected("away")


def letter(subject="Your sign-in code", to=("ada@example.com",), promise=""):
    mail = EmailMultiAlternatives(subject, "The code: 1234", to=list(to), reply_to=["help@example.com"])
    mail.attach_alternative("<p>The code: 1234</p>", "text/html")
    if promise:
        mail.extra_headers["Message-ID"] = promise
    return mail


def posted(mail=None, lasts=timedelta(minutes=3)):
    with TestCase.captureOnCommitCallbacks(execute=True):
        post(mail or letter(), kind="account/email/login_code", lasts=lasts)


def later(**time):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=False)


def test_it_leaves_whole_and_the_words_go(mailoutbox):
    posted()

    (mail,) = mailoutbox
    assert (mail.subject, mail.body, mail.to) == ("Your sign-in code", "The code: 1234", ["ada@example.com"])
    assert mail.alternatives[0].content == "<p>The code: 1234</p>"
    assert mail.reply_to == ["help@example.com"]
    row = OutgoingMail.objects.get()
    assert row.content is None
    assert row.sent_at
    assert mail.extra_headers["Message-ID"] == row.message_id


def test_what_is_undone_is_not_sent(mailoutbox):
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        post(letter(), kind="account/email/login_code")
        transaction.set_rollback(True)

    assert mailoutbox == []
    assert not OutgoingMail.objects.exists()


def test_a_mail_server_that_is_away_gets_it_later_and_once(server, mailoutbox):
    server(AWAY)
    posted(lasts=timedelta(days=2))
    assert mailoutbox == []

    server(None)
    assert sending.send_waiting() == 0, "not before its time"
    with later(minutes=2):
        assert sending.send_waiting() == 1
        assert sending.send_waiting() == 0

    assert len(mailoutbox) == 1
    assert OutgoingMail.objects.get().attempts == 2


def test_a_mail_whose_task_got_lost_is_found(mailoutbox):
    post(letter(), kind="account/email/login_code")  # nothing follows: the worker died, or the broker

    sending.send_waiting()

    assert len(mailoutbox) == 1


def test_who_died_while_sending_leaves_it_to_the_next_with_the_same_name(monkeypatch, server, mailoutbox):
    server(KeyboardInterrupt())  # what a killed worker leaves behind: claimed, and no answer
    with pytest.raises(KeyboardInterrupt):
        posted(lasts=timedelta(days=2))
    server(None)
    assert sending.send(OutgoingMail.objects.get().message_id) is False, "it may still be at it"

    with later(minutes=10):
        sending.send_waiting()

    assert [mail.extra_headers["Message-ID"] for mail in mailoutbox] == [
        OutgoingMail.objects.get().message_id
    ]


@pytest.mark.django_db(transaction=True)
def test_workers_that_come_at_once_send_one_mail(mailoutbox):
    post(letter(), kind="x")  # tasks are eager: it has left with the commit
    OutgoingMail.objects.update(sent_at=None, content=content_of(letter()), due_at=timezone.now())
    mailoutbox.clear()
    name = OutgoingMail.objects.get().message_id

    answers = at_once(*[lambda: sending.send(name)] * 3)

    assert sorted(answers) == [False, False, True]
    assert len(mailoutbox) == 1


def test_attempts_come_at_growing_distance(server):
    server(AWAY)
    posted(lasts=timedelta(days=2))
    pauses = []
    for _attempt in range(6):
        row = OutgoingMail.objects.get()
        with time_machine.travel(row.due_at, tick=False):
            sending.send_waiting()
            pauses.append((OutgoingMail.objects.get().due_at - row.due_at) / timedelta(minutes=1))

    assert pauses == [2, 4, 8, 16, 16, 16]


def test_a_code_that_came_too_late_is_not_sent(server, mailoutbox, caplog):
    server(AWAY)
    posted(lasts=timedelta(minutes=3))
    server(None)

    with later(minutes=4):
        sending.send_waiting()

    row = OutgoingMail.objects.get()
    assert mailoutbox == []
    assert row.given_up_at
    assert row.content is None
    assert "SMTPServerDisconnected" in row.error
    assert "is given up" in caplog.text


def test_an_address_that_is_none_is_given_up_at_once(server, mailoutbox):
    server(smtplib.SMTPRecipientsRefused({"ada@example.com": (550, b"No such user ada@example.com")}))
    posted(lasts=timedelta(days=2))

    row = OutgoingMail.objects.get()
    assert row.given_up_at
    assert "550" in row.error
    assert "ada@example.com" not in row.error


@pytest.mark.parametrize("answer", [(450, b"Greylisted"), (452, b"Mailbox full")])
def test_a_mailbox_that_is_busy_is_asked_again(server, mailoutbox, answer):
    server(smtplib.SMTPRecipientsRefused({"ada@example.com": answer}))
    posted(lasts=timedelta(days=2))
    server(None)

    with later(minutes=2):
        sending.send_waiting()

    assert len(mailoutbox) == 1


def test_one_refused_mail_holds_up_no_other(settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{__name__}.Picky"
    for name in ("bad", "good"):
        post(letter(to=[f"{name}@example.com"]), kind="x", lasts=timedelta(days=1))

    assert sending.send_waiting() == 1
    assert mailoutbox[0].to == ["good@example.com"]


class Picky(EmailBackend):
    def send_messages(self, messages):
        if messages[0].to == ["bad@example.com"]:
            raise smtplib.SMTPDataError(552, b"Too much")
        return super().send_messages(messages)


def test_with_the_server_away_a_sweep_asks_once(server, caplog):
    for _number in range(3):
        post(letter(), kind="x", lasts=timedelta(days=1))
    server(AWAY)

    sending.send_waiting()

    assert caplog.text.count("did not leave") == 1


def test_the_same_promise_is_one_mail(mailoutbox):
    for _time in range(2):
        posted(letter(promise="<one@example.com>"))

    assert len(mailoutbox) == 1


def test_everybody_gets_a_mail_of_their_own(mailoutbox):
    posted(letter(to=["ada@example.com", "bea@example.com"], promise="<one@example.com>"))

    assert sorted(mail.to for mail in mailoutbox) == [["ada@example.com"], ["bea@example.com"]]
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 2


def test_what_a_visitor_typed_stops_no_mail(mailoutbox):
    posted(letter(subject="No account for \0\ud800"))

    assert mailoutbox[0].subject == "No account for ?"


def test_a_header_smuggled_in_is_given_up_and_not_sent(mailoutbox):
    posted(letter(subject="Hello\nBcc: all@example.com"))

    assert mailoutbox == []
    assert OutgoingMail.objects.get().given_up_at


def test_files_are_refused_where_it_is_written():
    mail = EmailMessage("Export", "See the file", to=["ada@example.com"])
    mail.attach("export.zip", b"PK", "application/zip")

    with pytest.raises(ValueError, match="without attachments"):
        post(mail, kind="x")


def test_what_left_is_forgotten_after_a_month_and_what_waits_is_not(server, mailoutbox):
    posted()
    server(AWAY)
    posted(lasts=timedelta(days=90))

    with later(days=31):
        assert pruning.prune() == 1

    assert list(OutgoingMail.objects.values_list("sent_at", flat=True)) == [None]
