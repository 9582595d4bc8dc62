"""The admin's front page leads a newcomer."""

from __future__ import annotations

import pytest

from apps.core import admin_site

pytestmark = pytest.mark.django_db


def test_people_and_money_come_first_and_parts_of_tasks_are_left_out(admin_client):
    entries = admin_client.get("/admin/").context["app_list"]

    headings = [str(entry["name"]) for entry in entries]
    assert headings[:4] == ["Teams", "Users", "Subscriptions", "Stripe, as we mirror it"]
    assert entries[2]["models"][0]["object_name"] == "Subscription"
    shown = {model["object_name"] for entry in entries for model in entry["models"]}
    assert "PeriodicTask" in shown
    assert "CrontabSchedule" not in shown


def test_an_app_nobody_named_keeps_its_own_heading(admin_client, monkeypatch):
    monkeypatch.delitem(admin_site.HEADINGS, "auth")

    headings = [str(entry["name"]) for entry in admin_client.get("/admin/").context["app_list"]]

    assert headings[-1] == "Authentication and Authorization"


def test_one_apps_page_opens(admin_client):
    assert admin_client.get("/admin/subscriptions/").status_code == 200
    assert admin_client.get("/admin/djstripe/").status_code == 200


@pytest.mark.parametrize(
    "query",
    [{"customer_id": "a\0b"}, {"payload__x": "\0", "q": "x"}, {"received_at__gte": "\0"}, {"\0": "1"}],
)
@pytest.mark.parametrize("model", ["subscriptions/webhookevent", "subscriptions/drift", "users/customuser"])
def test_a_filter_that_no_database_takes_is_left_out(admin_client, model, query):
    response = admin_client.get(f"/admin/{model}/", {**query, "p": "1"}, follow=True)

    assert response.status_code == 200
    assert "p=1" in response.redirect_chain[0][0]
