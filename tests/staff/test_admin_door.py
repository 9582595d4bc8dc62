"""The admin's own sign-in: Django's page, with the limits and the second step of everybody's."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD, UserFactory
from tests.accounts.customer import Customer, with_codes

pytestmark = pytest.mark.django_db
TEAMS = "/admin/teams/team/?q=a"


@pytest.fixture
def root() -> CustomUser:
    return UserFactory(email="root@example.com", is_staff=True, is_superuser=True, verified=False)


def sign_in(client: Client, person: CustomUser, password: str = PASSWORD, **more: str):
    return client.post("/admin/login/", {"username": person.email, "password": password, **more})


def test_a_new_installation_s_first_account_gets_in(client: Client, root: CustomUser) -> None:
    page = client.get("/admin/login/").content.decode()
    assert 'name="username"' in page
    assert 'name="password"' in page

    answer = sign_in(client, root)

    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_it_leads_on_to_the_page_that_was_asked_for(client: Client, root: CustomUser) -> None:
    door = client.get(TEAMS)["Location"]

    answer = client.post(door, {"username": root.email, "password": PASSWORD})

    assert answer["Location"] == TEAMS


def test_it_leads_to_no_other_site(client: Client, root: CustomUser) -> None:
    assert sign_in(client, root, next="//evil.example/")["Location"] == "/admin/"


@pytest.mark.parametrize("fields", [{}, {"is_staff": True, "is_active": False}], ids=["customer", "inactive"])
def test_whoever_is_not_of_the_staff_reads_what_a_wrong_password_says(
    client: Client, root: CustomUser, fields: dict[str, bool]
) -> None:
    wrong = sign_in(client, root, "wrong").content.decode()
    refused = sign_in(client, UserFactory(**fields)).content.decode()

    said = "No account of the staff has this address and password. Check both."
    assert said in wrong
    assert said in refused
    assert "_auth_user_id" not in client.session


def test_codes_are_asked_for_here_too(root: CustomUser, settings: object) -> None:
    browser = Customer(root)
    browser.secret = "JBSWY3DPEHPK3PXP"
    with_codes(root)
    settings.ALLOWED_HOSTS = ["localhost"]  # type: ignore[attr-defined]

    answer = browser.post(
        "/admin/login/", {"username": root.email, "password": PASSWORD, "next": "/admin/teams/team/"}
    )

    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/admin/").status_code == 302
    assert browser.second_step(browser.code())["Location"] == "/admin/teams/team/"
    assert browser.get("/admin/").status_code == 200


def test_guessing_is_cut_short(client: Client, root: CustomUser) -> None:
    answers = [sign_in(client, root, f"guess {number}") for number in range(12)]

    assert "Too many tries" in answers[-1].content.decode()
    right = sign_in(client, root)
    assert right.status_code == 200
    assert "Too many tries" in right.content.decode()


def test_tries_at_both_doors_are_counted_together(client: Client, root: CustomUser) -> None:
    for number in range(12):
        client.post("/accounts/login/", {"login": root.email, "password": f"guess {number}"})

    assert "Too many tries" in sign_in(client, root).content.decode()


def test_another_spelling_of_the_address_is_no_new_start(client: Client, root: CustomUser) -> None:
    for tries in range(6):
        spelled = root.email.replace("@", "@" + "\u00ad" * tries)
        answer = client.post("/admin/login/", {"username": spelled, "password": f"guess {tries}"})

    assert "Too many tries" in answer.content.decode()


def test_one_address_cannot_try_everybody(client: Client, settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}  # type: ignore[attr-defined]

    statuses = [sign_in(client, UserFactory(is_staff=True)).status_code for _number in range(4)]

    assert statuses == [302, 302, 302, 429]


def test_staff_without_a_second_step_set_it_up_first(
    client: Client, root: CustomUser, settings: object
) -> None:
    settings.ADMIN_REQUIRES_TWO_STEP = True  # type: ignore[attr-defined]
    sign_in(client, root)

    for path in ("/admin/", TEAMS, f"/admin/users/customuser/{root.pk}/impersonate/"):
        assert client.get(path)["Location"] == "/accounts/2fa/"
    page = client.get("/accounts/2fa/").content.decode()
    assert "The admin asks for a second step" in page

    with_codes(root)
    assert client.get("/admin/").status_code == 200


def test_they_can_sign_out_without_it(client: Client, root: CustomUser, settings: object) -> None:
    settings.ADMIN_REQUIRES_TWO_STEP = True  # type: ignore[attr-defined]
    sign_in(client, root)

    assert client.post("/admin/logout/").status_code == 200


def test_a_customer_learns_nothing_of_it(client: Client, settings: object) -> None:
    settings.ADMIN_REQUIRES_TWO_STEP = True  # type: ignore[attr-defined]
    client.force_login(UserFactory(), "apps.users.backends.ModelBackend")

    assert client.get("/admin/")["Location"].startswith("/admin/login/")
