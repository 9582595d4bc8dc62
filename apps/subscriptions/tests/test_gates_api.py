"""Gates for programs: a status, a word that never changes, a sentence, and data."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.subscriptions.tests import gated_urls
from apps.subscriptions.tests.conftest import signed_in
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.subscriptions.tests.test_gates import page
from apps.users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("apps.subscriptions.tests.gated_urls")]
APIS = ["api-subscription", "api-plans", "api-feature", "api-limit", "api-middle"]


@pytest.fixture(autouse=True)
def _nothing_done_yet():
    gated_urls.done.clear()
    gated_urls.projects.clear()


@pytest.mark.parametrize("api", APIS)
def test_a_visitor_is_answered_401_and_no_login_page(holder, api):
    response = Client().post(page(api, holder))

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "not_signed_in"
    assert not gated_urls.done


@pytest.mark.team_holder
@pytest.mark.parametrize("api", APIS)
def test_a_stranger_finds_nothing(holder, api):
    SubscriptionFactory(holder=holder)

    response = signed_in(UserFactory()).get(page(api, holder))

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("api", "plan", "code", "message", "data"),
    [
        (
            "api-subscription",
            None,
            "subscription_required",
            "This needs a paid plan. There is no subscription.",
            {"plan": "free", "status": "none", "opened_by": ["starter", "pro", "enterprise"]},
        ),
        (
            "api-plans",
            "pro",
            "plan_required",
            "This needs Enterprise. The subscription is active.",
            {"plans": ["enterprise"], "plan": "pro", "status": "active"},
        ),
        (
            "api-feature",
            "starter",
            "feature_required",
            "Audit log export is not part of Starter. The subscription is active.",
            {"feature": "audit-log", "opened_by": ["pro", "enterprise"]},
        ),
        (
            "api-limit",
            None,
            "limit_reached",
            "Projects: 1 of the 1 of Free are taken. There is no subscription.",
            {"limit": "projects", "most": 1, "count": 1, "opened_by": ["starter", "pro", "enterprise"]},
        ),
        (
            "api-middle",
            "starter",
            "feature_required",
            "Audit log export is not part of Starter. The subscription is active.",
            {"feature": "audit-log"},
        ),
    ],
)
def test_a_closed_gate_answers_403_with_the_reason(holder, owner_client, api, plan, code, message, data):
    gated_urls.projects.append("the one project of Free")
    if plan:
        SubscriptionFactory(holder=holder, plan_slug=plan)

    response = owner_client.post(page(api, holder))

    error = response.json()["error"]
    assert response.status_code == 403
    assert response["Content-Type"] == "application/json"
    assert (error["code"], error["message"]) == (code, message)
    assert error["data"].items() >= data.items()
    assert not gated_urls.done


def test_htmx_and_programs_are_answered_alike(holder, owner_client):
    response = owner_client.get(page("api-feature", holder), headers={"HX-Request": "true"})

    assert response.status_code == 403
    assert "HX-Redirect" not in response


@pytest.mark.parametrize("api", ["api-subscription", "api-feature", "api-limit", "api-middle"])
def test_an_open_gate_lets_the_call_through(holder, owner_client, api):
    SubscriptionFactory(holder=holder, plan_slug="pro")

    assert owner_client.get(page(api, holder)).status_code == 200
