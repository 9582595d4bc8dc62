"""Staff at a customer's place: what they see, what they cannot do, and what tells of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.teams.models import Team
from apps.teams.tests.factories import TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD, UserFactory, sign_in
from apps.web.leaving.deletion import delete_account
from tests.staff.conftest import Staff

pytestmark = pytest.mark.django_db
BANNER = b'data-testid="impersonation"'
HTMX = {"HX-Request": "true"}


def start(client: Client, person: CustomUser, reason: str = "Ticket 12") -> int:
    address = reverse("admin:users_customuser_impersonate", args=[person.pk])
    return client.post(address, {"reason": reason}).status_code


def who_is_there(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


@pytest.fixture
def team(customer: CustomUser) -> Team:
    return TeamFactory(owner=customer, slug="anns")


def test_support_sees_what_the_customer_sees(support: Client, customer: CustomUser, team: Team) -> None:
    assert "Sign in as them" in support.get(f"/admin/users/customuser/{customer.pk}/change/").content.decode()

    assert start(support, customer) == 302

    page = support.get("/a/anns/").content.decode()
    assert "Ann Archer" in page
    assert "60 minutes left" in page


@pytest.mark.parametrize(
    "path", ["/", "/pricing/", "/teams/", "/a/anns/team/", "/accounts/logout/", "/admin/login/", "/nowhere/"]
)
def test_the_banner_is_on_every_page(support: Client, customer: CustomUser, team: Team, path: str) -> None:
    assert BANNER not in support.get(path).content

    start(support, customer)

    page = support.get(path).content
    assert page.count(BANNER) == 1
    assert b'action="/hijack/release/"' in page


def test_the_banner_is_on_the_page_of_a_wrong_method_too(support: Client, customer: CustomUser) -> None:
    start(support, customer)

    answer = support.get("/hijack/release/")

    assert answer.status_code == 405
    assert answer.content.count(BANNER) == 1


def test_a_fragment_has_no_banner_of_its_own(support: Client, customer: CustomUser, team: Team) -> None:
    start(support, customer)

    fragment = support.get("/a/anns/team/?q=ann", headers={**HTMX, "HX-Target": "members"})

    assert fragment.status_code == 200
    assert BANNER not in fragment.content


def test_stop_leads_back_to_the_person_s_page(support: Client, customer: CustomUser) -> None:
    start(support, customer)

    answer = support.post("/hijack/release/")

    assert answer["Location"] == f"/admin/users/customuser/{customer.pk}/change/"
    assert who_is_there(support) == str(support.person.pk)
    assert BANNER not in support.get("/teams/").content


def test_start_and_end_stand_in_the_audit_log_with_the_reason(support: Client, customer: CustomUser) -> None:
    start(support, customer, "Ticket 99")
    support.post("/hijack/release/")

    ended, started = AuditEntry.objects.filter(action__startswith="user.impersonation")
    assert (started.actor, started.target_id) == (support.person, str(customer.pk))
    assert started.after == {"reason": "Ticket 99"}
    assert ended.actor == support.person
    assert ended.after == {"reason": "Ticket 99", "how": "stopped", "minutes": 0}


def test_what_is_done_meanwhile_names_both(support: Client, customer: CustomUser, team: Team) -> None:
    start(support, customer)

    support.post("/a/anns/team/settings/", {"name": "Better name"})

    entry = AuditEntry.objects.get(action="team.renamed")
    assert (entry.actor, entry.impersonator) == (customer, support.person)
    support.post("/hijack/release/")
    customers = Client()
    customers.force_login(customer, "apps.users.backends.ModelBackend")
    activity = " ".join(customers.get("/a/anns/activity/").content.decode().split())
    assert "Support" in activity
    assert "Sam Support" not in activity


def test_without_a_reason_nothing_happens(support: Client, customer: CustomUser) -> None:
    assert start(support, customer, "  ") == 422

    assert who_is_there(support) == str(support.person.pk)
    assert not AuditEntry.objects.filter(action="user.impersonation_started").exists()


def test_staff_without_the_permission_may_not(staff: Staff, customer: CustomUser) -> None:
    client = staff("view_customuser", "change_customuser")

    page = client.get(f"/admin/users/customuser/{customer.pk}/change/")

    assert "Sign in as them" not in page.content.decode()
    assert start(client, customer) == 403
    assert who_is_there(client) == str(client.person.pk)


def test_a_customer_finds_the_admin_s_door(customer: CustomUser) -> None:
    client = Client()
    client.force_login(UserFactory(), "apps.users.backends.ModelBackend")

    assert start(client, customer) == 302

    assert who_is_there(client) != str(customer.pk)


@pytest.mark.parametrize(
    "fields",
    [{"is_staff": True}, {"is_superuser": True}, {"is_active": False}],
    ids=["staff", "superuser", "inactive"],
)
def test_nobody_takes_the_place_of(staff: Staff, fields: dict[str, bool]) -> None:
    superuser = staff(is_superuser=True)

    assert start(superuser, UserFactory(**fields)) == 403


def test_nobody_goes_on_from_there_to_somebody_else(support: Client, customer: CustomUser) -> None:
    start(support, customer)

    assert start(support, UserFactory()) == 403

    assert who_is_there(support) == str(customer.pk)


def test_after_an_hour_it_is_over(support: Client, customer: CustomUser) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        start(support, customer)
        clock.shift(timedelta(minutes=59))
        assert "1 minute left" in support.get("/teams/").content.decode()
        clock.shift(timedelta(minutes=2))

        answer = support.post("/users/profile/", {"name": "Late", "time_zone": "UTC"}, follow=True)

    assert answer.redirect_chain == [("/admin/login/", 302)]
    assert "Your time as somebody else is over" in answer.content.decode()
    assert who_is_there(support) == ""
    customer.refresh_from_db()
    assert customer.name == "Ann Archer"
    assert AuditEntry.objects.get(action="user.impersonation_ended").after["how"] == "over"


def test_it_ends_when_the_right_to_it_does(support: Client, customer: CustomUser) -> None:
    start(support, customer)

    support.person.user_permissions.clear()

    assert support.get("/teams/")["Location"] == "/admin/login/"
    assert who_is_there(support) == ""


def test_it_ends_when_staff_change_their_password(support: Client, customer: CustomUser) -> None:
    start(support, customer)
    support.person.set_password("another horse battery")
    support.person.save()

    assert support.get("/teams/", headers=HTMX)["HX-Redirect"] == "/admin/login/"


def test_it_ends_when_the_customer_joins_the_staff(support: Client, customer: CustomUser) -> None:
    start(support, customer)
    customer.is_staff = True
    customer.save()

    assert support.get("/admin/")["Location"] == "/admin/login/"
    assert who_is_there(support) == ""


def test_signing_out_ends_it_and_says_so(support: Client, customer: CustomUser) -> None:
    start(support, customer)

    support.post("/accounts/logout/")

    assert who_is_there(support) == ""
    assert AuditEntry.objects.get(action="user.impersonation_ended").after["how"] == "signed out"


def switched_off(person: CustomUser) -> None:
    person.is_active = False
    person.save()


def another_password(person: CustomUser) -> None:
    person.set_password("another horse battery")
    person.save()


@pytest.mark.parametrize("change", [switched_off, another_password])
def test_the_end_is_told_whatever_becomes_of_the_customer(
    support: Client, customer: CustomUser, change: Callable[[CustomUser], None]
) -> None:
    start(support, customer, "Ticket 7")
    change(customer)

    answer = support.get("/teams/")

    assert answer["Location"] == "/admin/login/"
    assert who_is_there(support) == ""
    (ended,) = AuditEntry.objects.filter(action="user.impersonation_ended")
    assert (ended.actor, ended.impersonator, ended.target_id) == (support.person, None, str(customer.pk))
    assert ended.after == {"reason": "Ticket 7", "how": "over", "minutes": 0}


def test_the_end_is_told_of_an_account_that_is_gone(support: Client, customer: CustomUser) -> None:
    start(support, customer)
    number = str(customer.pk)
    delete_account(customer, by=customer)

    support.get("/teams/")

    ended, started = AuditEntry.objects.filter(action__startswith="user.impersonation")
    assert (ended.target_id, ended.after["how"]) == (number, "over")
    assert ended.target_label == started.target_label
    assert ended.target_label.startswith("deleted:")


def signed_in(person: CustomUser) -> Client:
    """At the customers' door, which notes the session."""
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert who_is_there(client) == str(person.pk)
    return client


def test_ending_all_sessions_of_staff_ends_it(staff: Staff, support: Client, customer: CustomUser) -> None:
    browser = signed_in(support.person)
    start(browser, customer)
    boss = staff(is_superuser=True, email="boss@example.com", name="Boss")

    boss.post(f"/admin/users/customuser/{support.person.pk}/support/end-sessions/", {"reason": "Stolen"})

    browser.post("/hijack/release/")
    assert who_is_there(browser) == ""
    assert browser.get("/users/profile/").status_code == 302
    ended = AuditEntry.objects.get(action="user.impersonation_ended")
    assert (ended.actor, ended.target_id) == (support.person, str(customer.pk))
    assert (ended.after["how"], ended.ip_prefix) == ("session ended", "")


def test_staff_see_and_end_it_on_their_own_sessions_page(support: Client, customer: CustomUser) -> None:
    browser = signed_in(support.person)
    start(browser, customer)
    (noted,) = UserSession.objects.filter(user=support.person)

    assert f'value="{noted.pk}"' in support.get("/users/sessions/").content.decode()
    support.post("/users/sessions/", {"session": noted.pk})

    assert browser.get("/users/profile/").status_code == 302
    assert who_is_there(browser) == ""


def test_there_and_back_is_one_session(support: Client, customer: CustomUser) -> None:
    browser = signed_in(support.person)
    began = UserSession.objects.get(user=support.person).created_at

    start(browser, customer)
    browser.post("/hijack/release/")

    (noted,) = UserSession.objects.filter(user=support.person)
    assert (noted.session_key, noted.created_at) == (browser.session.session_key, began)
    assert not UserSession.objects.filter(user=customer).exists()


def test_whoever_deletes_their_own_account_of_staff_leaves_the_place(
    support: Client, customer: CustomUser, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    browser = signed_in(support.person)
    start(browser, customer)

    with django_capture_on_commit_callbacks(execute=True):
        delete_account(support.person, by=support.person)

    assert browser.get("/users/profile/").status_code == 302
    ended = AuditEntry.objects.get(action="user.impersonation_ended")
    assert (ended.target_id, ended.after["how"]) == (str(customer.pk), "session ended")
    assert ended.actor_label.startswith("deleted:")


def test_the_customer_s_own_traces_stay_as_they_were(support: Client, customer: CustomUser) -> None:
    home = Client()
    home.post("/accounts/login/", {"login": customer.email, "password": PASSWORD})
    customer.refresh_from_db()
    before = customer.last_login

    start(support, customer)
    support.get("/teams/")

    customer.refresh_from_db()
    assert customer.last_login == before
    assert UserSession.objects.filter(user=customer).count() == 1
    support.post("/hijack/release/")
    assert UserSession.objects.filter(user=support.person).count() == 1
    assert home.get("/users/profile/").status_code == 200


MONEY = {
    "/a/anns/subscription/checkout/": {"plan": "pro", "interval": "month"},
    "/a/anns/subscription/portal/": {},
    "/a/anns/subscription/cancel/": {},
    "/a/anns/subscription/resume/": {},
    "/a/anns/team/invite/": {"emails": "new@example.com", "role": "member"},
    "/a/anns/team/leave/": {},
    "/teams/create/": {"name": "Another"},
}


@pytest.mark.team_holder
@pytest.mark.parametrize("path", MONEY)
def test_money_and_seats_are_closed(support: Client, customer: CustomUser, team: Team, path: str) -> None:
    start(support, customer)

    answer = support.post(path, MONEY[path])

    assert answer.status_code == 403
    assert "Support may look at plan and seats here, but not change them." in answer.content.decode()
    assert BANNER in answer.content


@pytest.mark.team_holder
def test_htmx_is_told_why_where_the_button_is(support: Client, customer: CustomUser, team: Team) -> None:
    start(support, customer)

    answer = support.post("/a/anns/team/invite/", {"emails": "new@example.com"}, headers=HTMX)

    assert answer.status_code == 403
    assert unquote(answer["X-Refused"]).startswith("Support may look at plan and seats")
    assert answer.content == b""


@pytest.mark.team_holder
def test_a_house_that_trusts_its_support_may_open_money(
    support: Client, customer: CustomUser, team: Team, settings: object
) -> None:
    settings.IMPERSONATION_MAY_ACT_ON_MONEY = True  # type: ignore[attr-defined]
    start(support, customer)

    support.post("/a/anns/team/invite/", {"emails": "new@example.com", "role": "member"})

    assert AuditEntry.objects.get(action="team.invited").impersonator == support.person


ACCOUNT = [
    "/accounts/password/change/",
    "/accounts/password/reset/",
    "/accounts/email/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/3rdparty/",
    "/users/sessions/",
    "/a/anns/team/transfer/",
    "/a/anns/team/delete/",
]


@pytest.mark.parametrize("path", ACCOUNT)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_takes_the_account_over_is_never_open(
    support: Client, customer: CustomUser, team: Team, settings: object, path: str, method: str
) -> None:
    settings.IMPERSONATION_MAY_ACT_ON_MONEY = True  # type: ignore[attr-defined]
    start(support, customer)

    answer = getattr(support, method)(path)

    assert answer.status_code == 403
    assert "is for the person alone" in answer.content.decode()


def test_the_banner_costs_one_question(staff: Staff, customer: CustomUser, team: Team) -> None:
    superuser = staff(is_superuser=True)
    own = Client()
    sign_in(own, customer)
    with CaptureQueriesContext(connection) as plain:
        own.get("/a/anns/")

    start(superuser, customer)
    with CaptureQueriesContext(connection) as behind:
        superuser.get("/a/anns/")

    customer_read_apart = 1  # nobody noted this session as the customer's
    assert len(behind) == len(plain) + 1 + customer_read_apart


def test_the_permissions_are_there_to_be_given() -> None:
    found = Permission.objects.filter(content_type__app_label="users", codename="impersonate_user")

    assert [one.name for one in found] == ["Can sign in as a customer"]


def test_another_language_is_chosen_for_this_browser_alone(support: Client, customer: CustomUser) -> None:
    start(support, customer)

    support.post("/i18n/setlang/", {"language": "fr", "next": "/pricing/"})

    customer.refresh_from_db()
    assert customer.language == ""
    assert support.cookies["language"].value == "fr"
