"""The admin's lists and pages of people, teams and invitations: what they tell, and what they cost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from apps.core.models import AuditEntry
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.models import CustomUser, DataExport
from apps.users.tests.factories import PASSWORD, UserFactory
from tests.accounts.customer import FIREFOX, with_codes
from tests.staff.conftest import Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(staff: Staff) -> Client:
    return staff(is_superuser=True)


def page_of(person: CustomUser) -> str:
    return f"/admin/users/customuser/{person.pk}/change/"


def text(client: Client, path: str) -> str:
    return " ".join(client.get(path, follow=True).content.decode().split())


def test_a_person_s_page_tells_how_they_sign_in_where_they_are_and_what_was_done(
    root: Client, customer: CustomUser
) -> None:
    team = TeamFactory(owner=customer, name="Ann's team")
    laptop = Client(headers={"user-agent": FIREFOX})
    laptop.post("/accounts/login/", {"login": customer.email, "password": PASSWORD})
    with_codes(customer)
    laptop.post("/users/profile/", {"name": "Ann A.", "time_zone": "UTC"})

    page = text(root, page_of(customer))

    assert f'<a href="/admin/teams/team/{team.pk}/change/"><bdi>Ann&#x27;s team</bdi></a>' in page
    for words in ("ann@example.com", "confirmed", "Codes from an app", "Firefox on Linux", "127.0.0.1"):
        assert words in page
    assert "user.profile_changed" in page
    assert f"/admin/core/auditentry/?q={customer.pk}" in page


def test_no_secret_is_shown(root: Client, customer: CustomUser) -> None:
    with_codes(customer, "JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in text(root, page_of(customer))


def test_staff_see_of_a_person_what_they_may(staff: Staff, customer: CustomUser) -> None:
    TeamFactory(owner=customer, name="Secret team")
    AuditEntry.objects.create(action="user.something_done", actor=customer)
    client = staff("view_customuser")

    page = text(client, page_of(customer))

    assert "Signs in with" in page
    assert "Secret team" not in page
    assert "user.something_done" not in page


LISTS = {
    "users/customuser": lambda: with_codes(UserFactory()),
    "teams/team": lambda: TeamFactory(members=2),
    "teams/invitation": InvitationFactory,
}


@pytest.mark.parametrize("model", LISTS)
def test_a_longer_list_asks_no_more(root: Client, model: str) -> None:
    make = LISTS[model]
    for _number in range(2):
        make()
    root.get(f"/admin/{model}/")
    with CaptureQueriesContext(connection) as few:
        root.get(f"/admin/{model}/")
    for _number in range(10):
        make()

    with CaptureQueriesContext(connection) as many:
        answer = root.get(f"/admin/{model}/")

    assert answer.context["cl"].result_count >= 12
    assert len(many) == len(few)


def test_a_person_s_page_costs_the_same_for_a_busy_person(root: Client, customer: CustomUser) -> None:
    MembershipFactory(user=customer)
    AuditEntry.objects.create(action="user.a", actor=customer)
    root.get(page_of(customer))
    with CaptureQueriesContext(connection) as few:
        root.get(page_of(customer))
    MembershipFactory.create_batch(8, user=customer)
    for number in range(8):
        AuditEntry.objects.create(action=f"user.{number}", actor=customer, impersonator=root.person)

    with CaptureQueriesContext(connection) as many:
        root.get(page_of(customer))

    assert len(many) == len(few)


def found(client: Client, path: str) -> set[str]:
    return {str(row) for row in client.get(path).context["cl"].queryset}


def test_people_are_found_and_filtered(root: Client, customer: CustomUser) -> None:
    with_codes(customer)
    other = UserFactory(name="Bob")

    people = "/admin/users/customuser/"
    assert found(root, f"{people}?q=ann@example.com") == {"Ann Archer"}
    assert found(root, f"{people}?q={other.pk}") == {"Bob"}
    assert found(root, f"{people}?second_step=on") == {"Ann Archer"}
    assert "Ann Archer" not in found(root, f"{people}?second_step=off")
    assert found(root, f"{people}?is_staff__exact=1") == {"Sam Support"}


def test_teams_count_people_whose_account_is_active(root: Client) -> None:
    team = TeamFactory(members=3, name="Counted")
    gone = team.memberships.exclude(role=Role.OWNER).first().user
    gone.is_active = False
    gone.save()

    (row,) = root.get("/admin/teams/team/?q=counted").context["cl"].queryset

    assert row.people_counted == 3
    assert found(root, f"/admin/teams/team/?q={team.billing_contact.email}") == {"Counted"}


def test_invitations_are_filtered_by_what_became_of_them(root: Client) -> None:
    now = timezone.now()
    InvitationFactory(email="waits@example.com")
    InvitationFactory(email="late@example.com", expires_at=now - timedelta(days=1))
    InvitationFactory(email="in@example.com", accepted_at=now)
    InvitationFactory(email="no@example.com", declined_at=now)
    InvitationFactory(email="back@example.com", revoked_at=now)

    answers = {
        standing: found(root, f"/admin/teams/invitation/?standing={standing}")
        for standing in ("pending", "expired", "accepted", "declined", "revoked")
    }

    assert answers == {
        "pending": {"waits@example.com"},
        "expired": {"late@example.com"},
        "accepted": {"in@example.com"},
        "declined": {"no@example.com"},
        "revoked": {"back@example.com"},
    }
    assert len(found(root, "/admin/teams/invitation/?standing=nonsense")) == 5


def test_an_address_is_not_typed_over(root: Client, customer: CustomUser) -> None:
    form = {"email": "other@example.com", "name": "Ann", "time_zone": "UTC", "is_active": "on"}

    root.post(page_of(customer), {**form, "billing_email": ""})

    customer.refresh_from_db()
    assert (customer.email, customer.name) == ("ann@example.com", "Ann")


def test_staff_give_themselves_no_rights(staff: Staff, customer: CustomUser) -> None:
    client = staff("view_customuser", "change_customuser", "delete_customuser")
    form = {
        "name": "Ann",
        "time_zone": "UTC",
        "language": "",
        "is_active": "on",
        "is_superuser": "on",
        "is_staff": "on",
    }

    client.post(page_of(customer), {**form, "billing_email": ""})
    customer.refresh_from_db()
    assert (customer.name, customer.is_staff, customer.is_superuser) == ("Ann", False, False)

    assert client.post(page_of(client.person), form).status_code == 403
    boss = UserFactory(is_staff=True, is_superuser=True)
    assert client.post(page_of(boss), form).status_code == 403
    end = {"confirm": boss.email, "reason": "x"}
    assert client.post(f"/admin/users/leaving/{boss.pk}/", end).status_code == 403
    assert CustomUser.objects.filter(pk=boss.pk).exists()


def test_only_superusers_set_somebody_s_password(staff: Staff, customer: CustomUser) -> None:
    client = staff("view_customuser", "change_customuser")
    new = {"password1": "81-xkq-40-vzw-29", "password2": "81-xkq-40-vzw-29"}

    answer = client.post(f"/admin/users/customuser/{customer.pk}/password/", new)

    assert answer.status_code == 403
    customer.refresh_from_db()
    assert customer.check_password(PASSWORD)


def test_the_page_of_a_scheduled_task_has_no_script_of_its_own(root: Client) -> None:
    crontab = CrontabSchedule.objects.create(minute="0", hour="9")
    task = PeriodicTask.objects.create(name="news", task="apps.x", crontab=crontab)

    page = root.get(f"/admin/django_celery_beat/periodictask/{task.pk}/change/").content.decode()

    scripts = re.findall(r"<script([^>]*)>([^<]*)</script>", page)
    inline = [(head, body) for head, body in scripts if body.strip() and "application/json" not in head]
    assert inline == []
    assert "js/periodic_task.js" in page
    assert re.search(r'id="readable-crontabs"[^>]*>\{.*09:00 AM', page)


def test_staff_get_in_while_the_product_is_closed(settings: object, client: Client) -> None:
    root = UserFactory(is_staff=True, is_superuser=True)
    settings.MAINTENANCE = True  # type: ignore[attr-defined]

    assert client.get("/admin")["Location"] == "/admin/"
    assert client.get("/administer").status_code == 503
    assert client.get("/accounts/login/").status_code == 503
    with_codes(root)
    answer = client.post("/admin/login/", {"username": root.email, "password": PASSWORD})
    assert client.get(answer["Location"]).status_code == 200


def test_what_a_group_may_do_is_for_superusers(staff: Staff, root: Client) -> None:
    group = Group.objects.create(name="Support")
    client = staff("view_group", "change_group", "add_group", "delete_group", email="kim@example.com")
    everything = {"name": "Support", "permissions": list(Permission.objects.values_list("pk", flat=True))}

    assert client.post(f"/admin/auth/group/{group.pk}/change/", everything).status_code == 403
    assert client.post("/admin/auth/group/add/", {"name": "Mine"}).status_code == 403
    assert not group.permissions.exists()
    assert root.post(f"/admin/auth/group/{group.pk}/change/", everything).status_code == 302
    assert group.permissions.exists()


def test_nobody_gives_an_account_an_address_in_passing(root: Client, customer: CustomUser) -> None:
    body = {"user": customer.pk, "email": "mine@example.com", "verified": "on"}

    assert root.post("/admin/account/emailaddress/add/", body).status_code == 404


def test_a_colleague_s_data_is_for_superusers(staff: Staff, root: Client) -> None:
    rights = ("view_customuser", "change_customuser", "add_dataexport", "view_dataexport")
    client = staff(*rights, email="kim@example.com")
    boss = UserFactory(is_staff=True, is_superuser=True)
    ask = {"action": "copy_data", "_selected_action": [boss.pk]}

    client.post("/admin/users/customuser/", ask)
    assert not DataExport.objects.exists()
    root.post("/admin/users/customuser/", ask)
    made = DataExport.objects.get()
    fetch = {"action": "download", "_selected_action": [made.pk]}
    assert client.post("/admin/users/dataexport/", fetch).status_code == 403
