"""What staff change on a person's page is in that person's log, before and after: as done by Support."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.core.models import AuditEntry
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from tests.staff.conftest import Staff

pytestmark = pytest.mark.django_db
HOW = {"how": "in the admin"}


def save(client: Client, person: CustomUser, **changes: Any) -> None:
    form = {
        "name": person.name,
        "time_zone": person.time_zone,
        "language": person.language,
        "is_active": "on",
        "billing_contact": "",
        "billing_email": person.billing_email,
        **changes,
    }
    assert client.post(f"/admin/users/customuser/{person.pk}/change/", form).status_code == 302


def log(person: CustomUser) -> list[tuple[str, Any, Any]]:
    entries = AuditEntry.objects.filter(target_id=str(person.pk), actor__email="sam@example.com")
    return [(entry.action, entry.before, entry.after) for entry in entries.order_by("pk")]


@pytest.fixture
def sam(staff: Staff) -> Client:
    return staff("view_customuser", "change_customuser")


def test_name_time_zone_and_language(sam: Client, customer: CustomUser) -> None:
    save(sam, customer, name="Ann Baker", time_zone="Europe/Paris", language="fr")

    before = {"name": "Ann Archer", "time_zone": "UTC", "language": ""}
    after = {"name": "Ann Baker", "time_zone": "Europe/Paris", "language": "fr", **HOW}
    assert log(customer) == [("user.profile_changed", before, after)]


def test_only_what_moved_is_told(sam: Client, customer: CustomUser) -> None:
    save(sam, customer, name="Ann Baker")

    after = {"name": "Ann Baker", **HOW}
    assert log(customer) == [("user.profile_changed", {"name": "Ann Archer"}, after)]


def test_where_invoices_go(sam: Client, customer: CustomUser) -> None:
    bea = UserFactory(email="bea@example.com")

    save(sam, customer, billing_contact=str(bea.pk), billing_email="bills@example.com")

    before = {"billing_contact": "", "billing_email": ""}
    after = {"billing_contact": "bea@example.com", "billing_email": "bills@example.com", **HOW}
    assert log(customer) == [("user.billing_changed", before, after)]


def test_saved_as_it_was_nothing_is_noted(sam: Client, customer: CustomUser) -> None:
    save(sam, customer)

    assert log(customer) == []


def test_the_person_reads_it_as_done_by_support(sam: Client, customer: CustomUser, client: Client) -> None:
    save(sam, customer, name="Ann Baker", billing_email="bills@example.com")

    client.force_login(customer)
    page = client.get("/users/activity/").content.decode()

    assert "Profile changed" in page
    assert "Ann Archer" in page, "what it was before"
    assert "Who gets the invoices changed" in page
    assert "Support" in page
    assert "sam@example.com" not in page
    assert "Sam Support" not in page
