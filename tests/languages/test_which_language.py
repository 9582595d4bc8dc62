"""Who reads what: their own choice, else the cookie's, else the browser's, else the site's."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
FRENCH = {"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}
HOME = "/teams/"


def reads(client: Client, path: str, **headers: str) -> str:
    """The language a page says it is in; its header says the same."""
    answer = client.get(path, headers={key.replace("_", "-"): value for key, value in headers.items()})
    content = answer.content.decode()
    code = content.partition('<html lang="')[2].partition('"')[0]
    assert answer["Content-Language"] == code
    return code


@pytest.fixture
def ada() -> CustomUser:
    return UserFactory(email="ada@example.com")


def test_a_visitor_reads_as_their_browser_wishes(client: Client) -> None:
    assert reads(client, "/pricing/") == "en"
    assert reads(client, "/pricing/", **FRENCH) == "fr"
    assert reads(client, "/pricing/", **{"Accept-Language": "de, tlh"}) == "en"


def test_a_choice_in_the_foot_of_a_page_needs_no_script_and_comes_back_there(client: Client) -> None:
    page = client.get("/pricing/?seats=7").content.decode()
    assert 'action="/i18n/setlang/"' in page
    assert 'name="next" value="/pricing/?seats=7"' in page

    answer = client.post(reverse("set_language"), {"language": "fr", "next": "/pricing/?seats=7"})

    assert answer["Location"] == "/pricing/?seats=7"
    assert answer.cookies["language"]["samesite"] == "Lax"
    assert reads(client, "/accounts/login/") == "fr"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_the_choice_leads_to_no_other_site(client: Client, elsewhere: str) -> None:
    answer = client.post(reverse("set_language"), {"language": "fr", "next": elsewhere})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("code", ["", "de", "xx", "../fr", "fr\0", "f" * 5000])
def test_a_language_that_is_not_spoken_changes_nothing(client: Client, ada: CustomUser, code: str) -> None:
    client.force_login(ada)

    answer = client.post(reverse("set_language"), {"language": code, "next": HOME})

    ada.refresh_from_db()
    assert (answer.status_code, ada.language) == (302, "")
    assert reads(client, HOME) == "en"


def test_looking_at_the_address_changes_nothing(client: Client) -> None:
    assert client.get(reverse("set_language"), {"language": "fr"}).status_code == 405
    assert "language" not in client.cookies


def test_who_is_signed_in_finds_the_choice_on_every_machine(client: Client, ada: CustomUser) -> None:
    client.force_login(ada)
    client.post(reverse("set_language"), {"language": "fr", "next": HOME})

    other_machine = Client()
    other_machine.force_login(ada)

    assert reads(other_machine, HOME) == "fr"
    entry = AuditEntry.objects.get(action="user.profile_changed")
    assert (entry.actor, entry.before, entry.after) == (ada, {"language": ""}, {"language": "fr"})


def test_a_persons_own_choice_goes_before_cookie_and_browser(client: Client, ada: CustomUser) -> None:
    CustomUser.objects.filter(pk=ada.pk).update(language="en")
    client.force_login(ada)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"

    assert reads(client, HOME, **FRENCH) == "en"


def test_a_choice_that_is_spoken_no_longer_is_as_none(client: Client, ada: CustomUser) -> None:
    CustomUser.objects.filter(pk=ada.pk).update(language="nl")
    client.force_login(ada)

    assert reads(client, HOME) == "en"
    assert reads(client, HOME, **FRENCH) == "fr"


def test_errors_speak_the_same_language(client: Client, ada: CustomUser) -> None:
    CustomUser.objects.filter(pk=ada.pk).update(language="fr")
    client.force_login(ada)

    assert reads(client, "/nowhere/") == "fr"  # 404
    assert reads(client, "/a/nobodys-team/subscription/portal/") == "fr"  # 404 in a team's address
    assert reads(client, reverse("set_language")) == "fr"  # 405, worded outside of all that knows the person


def test_the_page_of_maintenance_speaks_as_the_browser_does(client: Client, settings) -> None:
    settings.MAINTENANCE = True
    client.handler.load_middleware()

    answer = client.get(HOME, headers=FRENCH)

    assert answer.status_code == 503
    assert '<html lang="fr"' in answer.content.decode()
    assert "Fermé pour maintenance" in answer.content.decode()


def test_a_fragment_is_in_the_language_of_its_page(client: Client, ada: CustomUser) -> None:
    CustomUser.objects.filter(pk=ada.pk).update(language="fr")
    client.force_login(ada)

    fragment = client.post("/teams/create/", {"name": ""}, headers={"HX-Request": "true"})

    assert fragment.status_code == 422
    assert "Ce champ est obligatoire." in fragment.content.decode()


@pytest.mark.parametrize("path", ["/", "/pricing/", "/accounts/login/", "/terms/"])
def test_no_cache_gives_one_persons_language_to_another(client: Client, path: str) -> None:
    vary = client.get(path)["Vary"]

    assert {"Accept-Language", "Cookie"} <= set(vary.split(", "))


def test_who_signs_up_on_a_french_page_keeps_french(client: Client) -> None:
    form = {"email": "zoe@example.com", "password1": PASSWORD}
    client.post("/accounts/signup/", form, headers=FRENCH)

    assert CustomUser.objects.get(email="zoe@example.com").language == "fr"


def test_who_signs_up_in_the_sites_own_language_follows_their_browser(client: Client) -> None:
    client.post("/accounts/signup/", {"email": "zoe@example.com", "password1": PASSWORD})

    assert CustomUser.objects.get(email="zoe@example.com").language == ""
