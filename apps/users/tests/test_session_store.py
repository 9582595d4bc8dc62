"""Who is signed in is read with their session, and only they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from apps.users.session_store import SessionStore, at_hand, read_along
from apps.users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

PROFILE = "/users/profile/"


@pytest.fixture
def ada(client):
    """Signed in on our page, as people are."""
    ada = UserFactory(email="ada@example.com", name="Ada Lovelace")
    answer = client.post(reverse("account_login"), {"login": ada.email, "password": PASSWORD})
    assert answer.status_code == 302
    return ada


def test_session_and_person_are_one_query(client, ada, django_assert_num_queries):
    client.get("/health/")

    with django_assert_num_queries(1) as asked:
        assert client.get("/accounts/logout/").wsgi_request.user.name == "Ada Lovelace"

    assert "django_session" in asked[0]["sql"]


def test_a_session_that_nobody_noted_opens_pages_as_well(client, ada):
    UserSession.objects.all().delete()

    assert client.get(PROFILE).wsgi_request.user == ada


def test_a_note_with_another_name_opens_nothing_of_theirs(client, ada):
    """The session says who it is."""
    UserSession.objects.update(user=UserFactory(name="Bo"))

    assert client.get(PROFILE).wsgi_request.user == ada


def test_a_session_that_is_over_opens_nothing(client, ada):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert client.get(PROFILE).status_code == 302


def test_somebody_switched_off_is_nobody(client, ada):
    ada.is_active = False
    ada.save()

    assert client.get(PROFILE).status_code == 302


def test_another_password_ends_the_session(client, ada):
    ada.set_password("another pass phrase")
    ada.save()

    assert client.get(PROFILE).status_code == 302
    assert client.get(PROFILE).status_code == 302


def test_nobody_is_read_along_outside_of_their_session(client, ada):
    session = SessionStore(client.session.session_key)
    assert session[SESSION_KEY] == str(ada.pk)

    assert read_along(ada.pk) is None
    with at_hand(session):
        assert read_along(ada.pk) == ada
        assert read_along(UserFactory().pk) is None
        with at_hand(SessionStore()):
            assert read_along(ada.pk) is None
    assert read_along(ada.pk) is None
