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


def test_an_address_is_shown_as_text_and_nothing_else(closed, client):
    page = client.get('/?next="><script>alert(1)</script>').content.decode()

    assert "<script>" not in page


def test_nobody_is_woken_by_it(closed, client, mailoutbox, settings):
    settings.ADMINS = [("Ops", "ops@example.com")]

    client.get("/")

    assert mailoutbox == []


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
