"""Google, GitHub and Microsoft are offered where their keys are, and nowhere else."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings as django_settings

from apps.users.models import CustomUser
from tests.accounts.customer import Customer
from tests.test_settings import start

pytestmark = pytest.mark.django_db
NAMES = ("Google", "GitHub", "Microsoft")
PAGES = {"google": "accounts.google.com", "github": "github.com", "microsoft": "login.microsoftonline.com"}


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/"])
def test_they_are_offered_at_the_door(newcomer: Any, path: str) -> None:
    page = newcomer().get(path).content.decode()

    assert all(f"Continue with {name}" in page for name in NAMES)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/users/profile/"])
def test_without_keys_nothing_speaks_of_them(ada: Customer, settings: Any, path: str) -> None:
    settings.SIGN_IN_PROVIDERS = []
    customer = ada if path == "/users/profile/" else Customer(ada.user)

    page = customer.get(path).content.decode()

    assert "Continue with" not in page
    assert "Connections" not in page


@pytest.mark.parametrize(("slug", "host"), PAGES.items())
def test_one_click_leads_to_the_providers_own_page(newcomer: Any, slug: str, host: str) -> None:
    answer = newcomer().post(f"/accounts/{slug}/login/?process=login", {"next": "/teams/create/"})

    target = urlsplit(answer.url)
    assert target.netloc == host
    assert parse_qs(target.query)["client_id"] == [f"{slug}-id"]
    assert f"https://{host}" in django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]


def test_a_look_leads_nowhere(newcomer: Any) -> None:
    assert "You go to Google now" in newcomer().get("/accounts/google/login/").content.decode()


def test_a_connection_is_ended(ada: Customer) -> None:
    SocialAccount.objects.create(
        user=ada.user, provider="google", uid="1", extra_data={"email": "a@x.example"}
    )
    page = ada.get("/accounts/3rdparty/").content.decode()
    assert "a@x.example" in page

    answer = ada.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk}, follow=True)

    assert "The account is disconnected." in answer.content.decode()
    assert not SocialAccount.objects.exists()


def test_the_last_way_in_is_kept(ada: Customer) -> None:
    account = SocialAccount.objects.create(user=ada.user, provider="google", uid="1")
    ada.user.set_unusable_password()
    ada.user.save()
    ada.client.force_login(ada.user)

    page = ada.post("/accounts/3rdparty/", {"account": account.pk}).content.decode()

    assert "errorlist" in page
    assert SocialAccount.objects.exists()


def test_half_of_a_pair_of_keys_stops_the_start() -> None:
    answer = start(GOOGLE_CLIENT_ID="x")

    assert "Set both GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, or neither" in answer.stderr


@pytest.mark.parametrize(
    "said",
    [{"first_name": "Grace", "last_name": "Hopper"}, {"name": "Grace  Hopper"}],
    ids=["Google", "GitHub"],
)
def test_the_name_comes_along(said: dict[str, str]) -> None:
    login = SocialLogin(user=CustomUser(), account=SocialAccount(provider="google", uid="1"))

    get_adapter().populate_user(None, login, {"email": "grace@example.com", **said})

    assert login.user.name == "Grace Hopper"


def test_nobody_needs_a_name() -> None:
    login = SocialLogin(user=CustomUser(), account=SocialAccount(provider="github", uid="1"))

    get_adapter().populate_user(None, login, {"email": "grace@example.com", "name": None})

    assert login.user.name == ""
