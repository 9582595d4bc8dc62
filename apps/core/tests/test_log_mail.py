"""Mails to ADMINS: when a request broke, without what it was trusted with, and never at a visitor's wish."""

from __future__ import annotations

import logging

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def admins(settings):
    settings.ADMINS = [("", "ops@example.com")]
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://:hunter2@127.0.0.1:9"


def test_a_mail_about_a_broken_request_holds_no_secret_and_no_person(admins, mailoutbox, rf):
    form = {"password": "hunter3", "email": "ada@example.com"}
    request = rf.post("/teams/invitations/AbCdEf123/?session_id=cs_test_a1b2c3", form)

    try:
        raise RuntimeError("bea@example.com, sk_test_51Hh")
    except RuntimeError:
        logging.getLogger("django.request").error(
            "Internal Server Error: %s", request.path, exc_info=True, extra={"request": request}
        )

    (mail,) = mailoutbox
    text = mail.subject + mail.body
    assert "test_log_mail.py" in text
    secrets = ("AbCdEf123", "a1b2c3", "hunter2", "hunter3", "ada@example", "bea@example", "51Hh")
    assert [secret for secret in secrets if secret in text] == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.get("/", headers={"host": "evil.example.com"}),
        lambda client: client.post("/stripe/webhook/", b"x" * 3_000_000, content_type="application/json"),
    ],
)
def test_a_request_that_is_refused_writes_nobody_a_mail(admins, mailoutbox, ask):
    response = ask(Client())

    assert response.status_code in (400, 413)
    assert mailoutbox == []


def test_a_readiness_that_says_no_writes_nobody_a_mail(admins, mailoutbox):
    MigrationRecorder.Migration.objects.filter(app="subscriptions").delete()

    response = Client().get("/health/ready/")

    assert response.status_code == 503
    assert mailoutbox == []
