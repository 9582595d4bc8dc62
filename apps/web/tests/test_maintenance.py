"""The operator closes the product: people read so, machines notice nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.tests.events import event, post
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(settings):
    settings.MAINTENANCE = True


@pytest.mark.parametrize("path", ["/", "/pricing/", "/teams/", "/a/demo/", "/nowhere/", "/accounts/login/"])
def test_people_read_that_we_are_at_work(closed, path, django_assert_num_queries):
    customer = Client()
    customer.force_login(UserFactory())

    with django_assert_num_queries(0):
        answer = customer.get(path)

    words = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "300"
    assert "no-store" in answer["Cache-Control"]
    assert "Closed for maintenance" in words
    assert f'href="{path}">Try again' in words


def test_whoever_sends_a_form_reads_that_it_was_not_saved(closed, client):
    answer = client.post("/accounts/login/", {"login": "ada@example.com"})

    assert answer.status_code == 503
    assert "What you just sent was not saved" in answer.content.decode()


def test_trying_again_leads_back_here_and_to_no_other_host(closed, client):
    page = client.get("/", {"a": 1}, PATH_INFO="//evil.example/").content.decode()

    assert 'href="/%2Fevil.example/?a=1">Try again' in page


def test_no_error_is_logged_which_would_be_a_mail_to_the_operator(closed, client, caplog):
    client.get("/")

    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


def test_health_checks_answer_as_ever(closed, client):
    assert client.get("/health/").content == b"ok"
    assert client.get("/health/ready/").json()["ready"]


def test_events_of_stripe_are_stored(closed, client, settings):
    answer = post(event(), settings.DJSTRIPE_WEBHOOK_SECRET, client=client)

    assert answer.status_code == 200
    assert WebhookEvent.objects.count() == 1


def test_staff_get_into_the_admin(closed, client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    assert client.get("/admin/").status_code == 200


def test_open_again_nothing_is_left_of_it(client):
    answer = client.get("/")

    assert answer.status_code == 200
    assert not answer.has_header("Retry-After")
