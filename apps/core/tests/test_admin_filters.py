"""An address of an admin list may name any time, or none that is: the list opens, or says that it cannot."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ENTRIES = "/admin/core/auditentry/"
# Each was answered with 500, by one database or both.
NEVER = {
    "gte": ["0001-01-01", "9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00"],
    "in": ["0001-01-01,2026-01-01"],
    "year": ["0", "9999", "99999"],
    "date": ["0001-01-01"],
    "hour": ["9" * 40],
}


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True, time_zone="Asia/Tokyo"))
    return client


def lists_with_times() -> list[tuple[str, str]]:
    """(address, column): one of each list."""
    found = []
    for model in admin.site._registry:
        times = [field.name for field in model._meta.fields if isinstance(field, models.DateTimeField)]
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        found += [(reverse(page), name) for name in times[:1]]
    return found


def opens(staff: Client, address: str, **filters: str) -> bool:
    """Or leads to the list without the filters, which opens."""
    answer = staff.get(address, filters)
    if answer.status_code == 302:
        assert answer["Location"] == f"{address}?e=1"
        return False
    assert answer.status_code == 200
    return True


@pytest.mark.parametrize(("address", "column"), lists_with_times())
def test_every_list_takes_or_refuses_what_is_no_time(staff: Client, address: str, column: str) -> None:
    for lookup, values in NEVER.items():
        for value in values:
            opens(staff, address, **{f"{column}__{lookup}": value}, _facets="True")


@pytest.mark.parametrize(
    "parts",
    [
        {"at__year": "0"},
        {"at__year": "9999"},
        {"at__year": "99999"},
        {"at__year": "2026", "at__month": "13"},
        {"at__year": "2026", "at__month": "2", "at__day": "30"},
        {"at__year": "9999", "at__month": "12", "at__day": "31"},
    ],
)
def test_a_date_that_is_none_leads_back_to_the_list(staff: Client, parts: dict[str, str]) -> None:
    assert not opens(staff, ENTRIES, **parts)


def test_a_time_without_a_zone_is_one_of_the_zone_they_read_in(staff: Client) -> None:
    AuditEntry.objects.create(action="team.renamed", at=datetime(2026, 5, 1, 16, tzinfo=UTC))

    after_midnight = staff.get(ENTRIES, {"action": "team.renamed", "at__gte": "2026-05-02"})
    after_two = staff.get(ENTRIES, {"action": "team.renamed", "at__gte": "2026-05-02 02:00"})

    assert after_midnight.context["cl"].result_count == 1  # it is one o'clock in Tokyo
    assert after_two.context["cl"].result_count == 0
