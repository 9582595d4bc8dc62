"""What no field of the admin takes is answered by a page."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from apps.teams.models import Team
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    client.raise_request_exception = False
    return client


def test_an_id_that_is_none_is_not_looked_for(staff: Client) -> None:
    of_teams = ContentType.objects.get_for_model(Team).pk

    # By Django itself since 6.0: nothing is there.
    assert staff.get(f"/admin/r/{of_teams}/no-id/").status_code in (400, 404)


def test_a_form_that_names_nobody_is_refused(staff: Client) -> None:
    user = UserFactory()

    response = staff.post(f"/admin/users/customuser/{user.pk}/change/", {"billing_contact": " "})

    assert response.status_code == 400
    assert "That request made no sense" in response.content.decode()


def test_a_schedule_that_is_none_is_refused(staff: Client) -> None:
    times = dict.fromkeys(("hour", "day_of_month", "month_of_year", "day_of_week"), "*")
    tasks = {"periodictask_set-INITIAL_FORMS": "0", "periodictask_set-TOTAL_FORMS": "0"}

    response = staff.post(
        "/admin/django_celery_beat/crontabschedule/add/",
        {**times, **tasks, "minute": "-1", "timezone": "UTC"},
    )

    assert response.status_code == 400
