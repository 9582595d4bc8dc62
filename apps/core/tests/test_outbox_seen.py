"""Mails that wait are seen by whoever looks after the site; what they say is seen by nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from apps.core.models import OutgoingMail
from apps.core.outbox.posting import post
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/core/outgoingmail/"


@pytest.fixture
def staff():
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def waiting():
    """A mail that has been waiting for half an hour, with a code in it."""
    with time_machine.travel(timezone.now() - timedelta(minutes=30), tick=False):
        post(EmailMessage("Hi", "The code: 987654", to=["ada@example.com"]), kind="account/email/login_code")
    return OutgoingMail.objects.get()


def test_readiness_says_that_mail_waits(waiting):
    answer = Client().get("/health/ready/").json()

    assert "1 mail waits, the oldest for 30 min." in answer["warnings"]


def test_the_front_page_of_the_admin_leads_there(staff, waiting):
    page = staff.get("/admin/").content.decode()

    assert "1 mail waits for the mail server, the oldest for 30\xa0minutes" in page
    assert f"{LIST}?state=waiting" in page


@pytest.mark.parametrize("path", [LIST, "{}{}/change/"])
def test_nobody_reads_what_is_in_it(staff, waiting, path):
    page = staff.get(path.format(LIST, waiting.pk)).content.decode()

    assert "ada@example.com" in page
    assert "987654" not in page


def test_it_is_for_looking_only(staff, waiting):
    assert staff.get(f"{LIST}add/").status_code == 403
    assert staff.post(f"{LIST}{waiting.pk}/change/", {"to": "eve@example.com"}).status_code == 403
    assert staff.post(f"{LIST}{waiting.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("state", "shown"), [("waiting", 1), ("sent", 0), ("given-up", 0), ("odd", 1)])
def test_the_list_is_filtered_by_what_became_of_it(staff, waiting, state, shown):
    page = staff.get(LIST, {"state": state}).content.decode()

    assert page.count("account/email/login_code</a></th>") == shown


def test_staff_send_what_waits_now_and_nothing_twice(
    staff, waiting, mailoutbox, django_capture_on_commit_callbacks
):
    chosen = {"action": "send_now", "_selected_action": [waiting.pk]}
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            page = staff.post(LIST, chosen, follow=True)

    assert len(mailoutbox) == 1
    assert "0 mails are tried now" in page.content.decode()
