"""Everybody reads what happened to their own account, and to no other."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from apps.core.audit import origin_of, record
from apps.users.services import change_profile
from apps.users.tests.factories import UserFactory
from apps.web import account_words
from apps.web.account_log import A_PAGE
from apps.web.tests.recorded_actions import recorded_actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory(name="Ada")


def read(client, user, query: str = "") -> list[str]:
    client.force_login(user)
    page = client.get(f"/users/activity/{query}").content.decode()
    rows = re.findall(r'data-testid="account-event">(.*?)<time', page, re.DOTALL)
    return [" ".join(unescape(strip_tags(row)).split()) for row in rows]


def test_it_tells_what_happened_and_from_which_network(client, ada, rf):
    with origin_of(rf.get("/", REMOTE_ADDR="203.0.113.77")):
        record("user.signed_in", actor=ada, target=ada, after={"methods": ["password", "totp"]})
    record("user.sign_in_failed", actor=None, target=ada, after={"method": "password"})
    change_profile(ada, name="Ada L", time_zone="UTC", language="")

    assert read(client, ada) == [
        "Profile changed Name before: Ada → after: Ada L",
        "A sign-in attempt failed Not let in By after: password",
        "Signed in By after: password, then code of the app",
    ]
    assert "203.0.113.0/24" in client.get("/users/activity/").content.decode()


def test_what_support_did_is_told_without_name_or_network(client, ada, rf):
    staff = UserFactory(name="Olive", email="olive@staff.example")
    with origin_of(rf.get("/", REMOTE_ADDR="198.51.100.7")):
        record("user.password_set_by_staff", actor=staff, target=ada)

    assert read(client, ada) == ["Password set By Support"]
    page = client.get("/users/activity/").content.decode()
    assert "198.51.100" not in page
    assert "olive" not in page.lower()


def test_others_logs_stay_with_others(client, ada):
    record("user.signed_in", actor=UserFactory(), target=UserFactory(), after={"methods": ["password"]})

    assert read(client, ada) == []
    assert "Nothing yet" in client.get("/users/activity/").content.decode()


def test_older_ones_stand_on_the_next_page(client, ada):
    for _number in range(A_PAGE + 1):
        record("user.signed_out", actor=ada, target=ada)

    assert len(read(client, ada)) == A_PAGE
    assert len(read(client, ada, "?page=2")) == 1
    assert len(read(client, ada, "?page=nonsense")) == A_PAGE


def test_an_action_of_your_own_shows_its_name(client, ada):
    record("user.badge_printed", actor=ada, target=ada)

    assert read(client, ada) == ["Badge printed"]


def test_each_sentence_belongs_to_an_action():
    assert set(account_words.SENTENCES) <= recorded_actions()
