"""What was worked out once is said again for the same values in the same language, while settings hold."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, path, reverse, set_script_prefix
from django.utils import translation
from django.utils.translation import gettext

from apps.core import memory
from apps.core.memory import by_language
from apps.core.reversing import address

urlpatterns = [path("elsewhere/<slug:team_slug>/", lambda request: None, name="elsewhere")]


def worded(text, number):
    return " ".join([gettext(text), str(number)])


def test_words_follow_the_language_and_the_kind_of_each_value():
    words = by_language(worded)

    assert words("Members", 1) == words("Members", 1) == "Members 1"
    assert words("Members", True) == "Members True"
    assert words("Members", 1.0) == "Members 1.0"
    with translation.override("fr"):
        assert words("Members", 1) == "Membres 1"


def test_it_is_worked_out_once():
    asked = []
    words = by_language(lambda text: asked.append(text) or text)

    assert [words("a"), words("a"), words("b")] == ["a", "a", "b"]
    assert asked == ["a", "b"]


def test_a_memory_has_an_end(monkeypatch):
    monkeypatch.setattr(memory, "MOST", 3)
    known = memory.Memory()

    for number in range(10):
        known.keep(number, number)

    assert len(known) <= 3
    assert known[9] == 9


def test_settings_are_followed():
    known = memory.Memory()
    known.keep("a", "b")

    with override_settings(PROJECT_NAME="Acme"):
        assert not known


def test_an_address_is_as_django_puts_it_together():
    for _twice in range(2):
        assert address("team:members", "acme") == reverse("team:members", args=["acme"])
        assert address("team:members", team_slug="acme") == reverse("team:members", args=["acme"])
        assert address("team:members", "other") == reverse("team:members", args=["other"])


def test_an_address_follows_where_the_project_is_served():
    assert address("team:members", "acme") == "/a/acme/team/"
    set_script_prefix("/below/")
    try:
        assert address("team:members", "acme") == "/below/a/acme/team/"
    finally:
        set_script_prefix("/")


@pytest.mark.urls(__name__)
def test_other_addresses_are_followed():
    assert address("elsewhere", "acme") == "/elsewhere/acme/"
    with pytest.raises(NoReverseMatch):
        address("team:members", "acme")


def test_something_whose_name_may_change_is_asked_each_time():
    class Named(SimpleNamespace):
        def __str__(self):
            return self.slug

        def __hash__(self):
            return 1

        def __eq__(self, other):
            return True

    assert address("team:members", Named(slug="acme")) == "/a/acme/team/"
    assert address("team:members", Named(slug="other")) == "/a/other/team/"
