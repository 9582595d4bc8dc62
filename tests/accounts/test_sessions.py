"""Where somebody is signed in, and ending it from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from apps.core.models import AuditEntry
from apps.users.tests.factories import PASSWORD
from tests.accounts.customer import IPHONE, Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(ada: Customer) -> Customer:
    """Ada again, elsewhere."""
    phone = Customer(ada.user, IPHONE)
    phone.sign_in()
    return phone


def rows(page: Any) -> list[str]:
    return re.findall(r'data-testid="session-row"', page.content.decode())


def end_first(ada: Customer) -> None:
    page = ada.get("/users/sessions/").content.decode()
    number = re.search(r'name="session" value="(\d+)"', page)[1]  # type: ignore[index]
    ada.post("/users/sessions/", {"session": number})


def test_the_other_device_is_named(ada: Customer, phone: Customer) -> None:
    page = ada.get("/users/sessions/").content.decode()

    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert "127.0.0.1" in page


def test_a_lost_phone_is_signed_out_from_elsewhere(ada: Customer, phone: Customer) -> None:
    assert phone.is_in

    end_first(ada)

    assert not phone.is_in
    assert ada.is_in
    assert rows(ada.get("/users/sessions/")) == []
    assert AuditEntry.objects.filter(action="user.sessions_ended").count() == 1


def test_all_others_end_at_once(ada: Customer, phone: Customer) -> None:
    tablet = Customer(ada.user)
    tablet.sign_in()

    page = ada.post("/users/sessions/", follow=True).content.decode()

    assert "2 sessions are ended." in page
    assert (ada.is_in, phone.is_in, tablet.is_in) == (True, False, False)


def test_somebody_elses_session_cannot_be_ended(ada: Customer, newcomer: Callable[..., Customer]) -> None:
    eve = newcomer(email="eve@example.com")
    eve.sign_in()
    number = ada.user.usersession_set.get().pk

    page = eve.post("/users/sessions/", {"session": str(number)}, follow=True).content.decode()

    assert "over already" in page
    assert ada.is_in


def test_a_session_from_before_a_new_password_is_gone_from_the_list(ada: Customer, phone: Customer) -> None:
    new = {"oldpassword": "correct horse battery", "password1": "81-xkq-40-vzw", "password2": "81-xkq-40-vzw"}
    ada.post("/accounts/password/change/", new)

    assert rows(ada.get("/users/sessions/")) == []
    assert not phone.is_in
    assert ada.is_in


def test_a_session_that_signed_out_is_gone_from_the_list(ada: Customer, phone: Customer) -> None:
    assert len(rows(ada.get("/users/sessions/"))) == 1

    phone.sign_out()

    assert rows(ada.get("/users/sessions/")) == []


def test_any_number_of_sessions_costs_the_same(ada: Customer, queries_of: Any) -> None:
    Customer(ada.user).sign_in()
    of_two = queries_of(lambda: ada.get("/users/sessions/"))
    for _device in range(11):
        Customer(ada.user).sign_in()

    assert queries_of(lambda: ada.get("/users/sessions/")) == of_two
    assert len(rows(ada.get("/users/sessions/"))) == 12


def test_the_admins_door_counts_too(ada: Customer, phone: Customer) -> None:
    ada.user.is_staff = True
    ada.user.save()
    desk = Customer(ada.user)
    desk.post("/admin/login/", {"username": ada.user.email, "password": PASSWORD})
    assert desk.get("/admin/").status_code == 200

    ada.post("/users/sessions/")

    assert desk.get("/admin/").status_code == 302


def test_a_session_that_is_kept_in_a_cache_as_well_ends_there_too(
    newcomer: Callable[..., Customer], settings: Any
) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    ada = newcomer(email="ada@example.com")
    phone = Customer(ada.user, IPHONE)
    ada.sign_in(), phone.sign_in()
    assert phone.is_in

    page = ada.post("/users/sessions/", follow=True).content.decode()

    assert "1 session is ended." in page
    assert (ada.is_in, phone.is_in) == (True, False)


@pytest.mark.parametrize("step", ["signing in", "a new password"])
def test_a_key_from_before_opens_nothing(step: str, newcomer: Callable[..., Customer]) -> None:
    """Whoever put their own key into somebody's browser, or copied one, has nothing of it afterwards."""
    ada = newcomer(email="ada@example.com")
    ada.get("/accounts/login/?next=/teams/")
    if step == "a new password":
        ada.sign_in()
    before = ada.client.session.session_key
    new = {"oldpassword": PASSWORD, "password1": "81-xkq-40-vzw", "password2": "81-xkq-40-vzw"}
    ada.sign_in() if step == "signing in" else ada.post("/accounts/password/change/", new)

    assert ada.is_in
    assert ada.client.session.session_key != before
    thief = Customer(ada.user)
    thief.client.cookies["sessionid"] = before or "none"
    assert not thief.is_in
