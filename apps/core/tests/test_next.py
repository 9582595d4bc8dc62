"""Where `next` may lead (B29)."""

import pytest

from apps.core.redirects import is_safe_next, next_url
from apps.teams.tests.factories import TeamFactory
from apps.users.tests.factories import PASSWORD, UserFactory

TRICKS = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "http:///evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "http://localhost:8000/",
    "ftp://testserver/",
    "//testserver:80@evil.example",
    "\x00//evil.example",
    "/teams/\x00",
    " //evil.example",
    "pricing",  # the name of a view
    "nothing-of-ours",
    "http",
    "?page=2",
]
GOOD = "/teams/?from=mail&n=2"


@pytest.mark.parametrize("trick", TRICKS, ids=ascii)
def test_a_trick_ends_on_the_default_page(rf, trick):
    assert not is_safe_next(rf.get("/"), trick)
    assert next_url(rf.get("/", {"next": trick}), "/teams/") == "/teams/"
    assert next_url(rf.post("/", {"next": trick}), "/teams/") == "/teams/"


def test_a_path_of_ours_is_kept_with_its_query(rf):
    assert next_url(rf.get("/", {"next": GOOD}), "/") == GOOD


def test_behind_https_plain_http_is_no_way_on(rf):
    assert not is_safe_next(rf.get("/", secure=True), "http://testserver/teams/")


@pytest.mark.django_db
@pytest.mark.parametrize("trick", TRICKS, ids=ascii)
def test_login_and_logout_do_not_lead_away(client, trick):
    user = UserFactory()
    TeamFactory.create_batch(2, owner=user)

    entered = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "next": trick})
    left = client.post("/accounts/logout/", {"next": trick})

    assert entered.url == "/teams/home/"
    assert left.url == "/"


@pytest.mark.django_db
def test_login_leads_to_the_page_that_was_asked_for(client):
    user = UserFactory()

    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "next": GOOD})

    assert response.url == GOOD


@pytest.mark.django_db
@pytest.mark.parametrize("trick", TRICKS, ids=ascii)
def test_sign_up_does_not_lead_away(client, mailoutbox, trick):
    sign_up(client, trick)

    assert confirm(client, mailoutbox) in ("/teams/home/", "/teams/")


@pytest.mark.django_db
def test_sign_up_and_confirmation_keep_the_way(client, mailoutbox):
    sign_up(client, GOOD)

    assert confirm(client, mailoutbox) == GOOD


def sign_up(client, way):
    form = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD, "next": way}
    return client.post("/accounts/signup/", form)


def confirm(client, mailoutbox):
    link = next(word for word in mailoutbox[0].body.split() if "confirm-email" in word)
    return client.post("/" + link.split("/", 3)[3]).url


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", ["http://[", "http://testserver:x/", "//evil.example/", "https://evil.example/"]
)
def test_a_page_that_is_no_address_of_ours_is_not_gone_back_to(client, page):
    headers = {"HX-Request": "true", "HX-Current-URL": page}

    response = client.get("/teams/", headers=headers)

    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fteams%2Fhome%2F"
