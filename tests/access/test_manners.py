"""What holds for every answer: nobody frames it, nothing private is kept, no form comes from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.users.tests.factories import PASSWORD, UserFactory
from tests.access.asking import Asker
from tests.access.routes import Route, routes
from tests.access.test_methods import OF_VISITORS, TAKES_POSTS_OF_OTHER_SITES
from tests.access.world import AccessWorld

pytestmark = pytest.mark.django_db
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
KEPT = {
    "web:favicon",
    "web:robots",
    "web:manifest",
    "web:security_txt",
    "web:sitemap",
    "admin:jsi18n",
}  # the same for everybody
ENTRANCE = ("accounts/", "admin/login/")
ASKING = ("anonymous", "stranger", "owner", "superuser")


def answered(access: Any, who: tuple[str, ...]) -> Iterator[tuple[Route, str, HttpResponse]]:
    """A look at every address by each of them."""
    world, asker = access("pro")
    for route in routes():
        for name in who:
            client = world.clients[name]
            with asker._put_back(client):
                yield route, name, client.get(route.path(world.ours))


def test_no_form_is_taken_from_another_site(access: Any) -> None:
    """The token is looked for before any view is asked, whatever the method and whoever sends it."""
    world, asker = access()
    taken = [
        (route.name, who, method)
        for route in routes()
        for who in ("anonymous", "owner", "superuser")
        for method in UNSAFE
        if strictly(world, asker, who, method, route) != "403"
    ]

    assert {name for name, who, _method in taken if who != "anonymous"} == TAKES_POSTS_OF_OTHER_SITES
    assert {name for name, _who, _method in taken} == TAKES_POSTS_OF_OTHER_SITES | OF_VISITORS


def strictly(world: AccessWorld, asker: Asker, who: str, method: str, route: Route) -> str:
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.clients[who].cookies
    return asker.word(client, method, route.path(world.ours))


def test_no_page_can_be_framed(access: Any) -> None:
    framed = [
        (route.name, who)
        for route, who, response in answered(access, ASKING)
        if response.get("X-Frame-Options") != "DENY"
        or "frame-ancestors 'none'" not in response.get("Content-Security-Policy", "")
    ]

    assert framed == []


def test_what_somebody_signed_in_sees_is_kept_nowhere(access: Any) -> None:
    kept = {
        route.name
        for route, _who, response in answered(access, ("stranger", "owner", "superuser"))
        if response.status_code == 200 and "no-store" not in response.get("Cache-Control", "")
    }

    assert kept <= KEPT


def test_no_page_of_the_entrance_is_kept(access: Any) -> None:
    """The Back button of the next person at the same machine would show a link, or a code."""
    kept = {
        route.name
        for route, _who, response in answered(access, ("anonymous",))
        if route.pattern.startswith(ENTRANCE) and "no-store" not in response.get("Cache-Control", "")
    }

    assert kept == set()


def test_everybody_stays_in_until_they_say_so(access: Any) -> None:
    """Looking at an address, in any way, ends no session and makes none."""
    world, _asker = access()
    safe = [route for route in routes() if not route.name.endswith("_callback")]

    for route in safe:
        for method in ("GET", "HEAD", "OPTIONS"):
            world.clients["stranger"].generic(method, route.path(world.ours))
            assert world.clients["stranger"].get(reverse("users:profile")).status_code == 200, route.name
    assert len(safe) > 80


@pytest.mark.parametrize("door", ["account_login", "admin:login"])
def test_a_session_somebody_was_given_is_not_the_one_they_sign_in_with(client: Client, door: str) -> None:
    user = UserFactory(is_staff=True)
    client.post(reverse("account_login"), {"login": "nobody@example.com", "password": "x"})
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    client.post(reverse(door), {"login": user.email, "username": user.email, "password": PASSWORD})

    assert client.get(reverse("users:profile")).status_code == 200
    assert client.cookies["sessionid"].value != planted
    with_the_planted_one = Client()
    with_the_planted_one.cookies["sessionid"] = planted
    assert with_the_planted_one.get(reverse("users:profile")).status_code == 302
