"""A mail that waits is sealed: a copy of the table opens no link. A new SECRET_KEY loses none of them."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from apps.core.models import OutgoingMail
from apps.core.outbox import sending
from apps.core.outbox.posting import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting():
    """Its task got lost: it leaves with the next sweep."""
    mail = EmailMessage("Your new password", "https://example.com/reset/987654", to=["ada@example.com"])
    mail.extra_headers["X-Ticket"] = "ticket-4321"
    post(mail, kind="account/email/password_reset_key")
    return OutgoingMail.objects.get()


def replace_key(settings, *, keep_the_old_one=True):
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new one"
    settings.SECRET_KEY_FALLBACKS = [old] if keep_the_old_one else []
    return old


def everything_stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM core_outgoingmail")
        return str(cursor.fetchall())


def swept(minutes=0):
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        return sending.send_waiting()


def test_the_table_alone_tells_no_word_of_it(waiting):
    stored = everything_stored()

    assert "ada@example.com" in stored
    for word in ("987654", "new password", "ticket-4321"):
        assert word not in stored


def test_a_new_key_opens_what_the_old_one_sealed(waiting, settings, mailoutbox):
    replace_key(settings)

    assert swept() == 1
    assert mailoutbox[0].body == "https://example.com/reset/987654"


def test_sealed_anew_the_old_key_may_go(waiting, settings, mailoutbox):
    replace_key(settings)
    said = StringIO()

    call_command("seal_secrets", stdout=said)
    settings.SECRET_KEY_FALLBACKS = []

    assert said.getvalue() == "Sealed 0 secret(s) and 1 waiting mail(s) with SECRET_KEY.\n"
    assert swept() == 1
    assert mailoutbox[0].body == "https://example.com/reset/987654"


def test_a_mail_nobody_can_open_waits_with_the_reason_for_its_key(waiting, settings, mailoutbox, caplog):
    """Also while a server with the new key and a worker with the old one run side by side."""
    old = replace_key(settings, keep_the_old_one=False)

    assert swept() == 0
    waiting.refresh_from_db()
    assert "SECRET_KEY_FALLBACKS" in waiting.error
    assert waiting.content
    assert "987654" not in caplog.text
    with pytest.raises(CommandError, match=r"0 secret\(s\) and 1 mail\(s\) could not be opened"):
        call_command("seal_secrets", stdout=StringIO())

    settings.SECRET_KEY_FALLBACKS = [old]
    assert swept(minutes=2) == 1
    assert len(mailoutbox) == 1


def test_without_its_key_it_is_given_up_in_the_end_and_the_row_says_why(
    waiting, settings, mailoutbox, caplog
):
    replace_key(settings, keep_the_old_one=False)

    swept()
    swept(minutes=60 * 24 * 3)

    waiting.refresh_from_db()
    assert waiting.given_up_at
    assert "SECRET_KEY_FALLBACKS" in waiting.error
    assert waiting.content is None
    assert "is given up" in caplog.text
    assert mailoutbox == []


def test_a_mail_nobody_can_open_holds_up_no_other(waiting, settings, mailoutbox):
    replace_key(settings, keep_the_old_one=False)
    post(EmailMessage("Hi", "Later", to=["bea@example.com"]), kind="x")

    assert swept() == 1
    assert mailoutbox[0].to == ["bea@example.com"]


def test_what_waited_before_there_were_seals_leaves_and_is_sealed_by_the_command(waiting, mailoutbox):
    before = {"subject": "Hi", "text": "1234", "html": "", "from": "us@x.org", "reply_to": [], "headers": {}}
    OutgoingMail.objects.update(content=before)

    call_command("seal_secrets", stdout=StringIO())
    assert json.dumps("1234") not in everything_stored()
    OutgoingMail.objects.update(content=before)

    with TestCase.captureOnCommitCallbacks(execute=True):
        assert swept() == 1
    assert mailoutbox[0].body == "1234"
