"""Staff look up why a holder may or may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.subscriptions.metadata import ENTERPRISE
from apps.subscriptions.models import Comp, Subscription
from apps.subscriptions.services.comps import give_comp
from apps.subscriptions.tests.conftest import signed_in, value_of
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return UserFactory(email="staff@example.com", is_staff=True, is_superuser=True)


def address(holder):
    return reverse("admin:subscriptions_explain", args=[holder.pk])


def test_it_answers_for_every_feature_limit_and_plan(holder, staff):
    SubscriptionFactory(holder=holder, plan_slug="starter")

    page = signed_in(staff).get(address(holder))

    answers = {
        "any": "allowed",
        "feature:api-access": "allowed",
        "feature:audit-log": "refused",
        "feature:priority-support": "refused",
        "limit:projects": "allowed",
        "plan:free": "refused",
        "plan:starter": "allowed",
        "plan:pro": "refused",
        "plan:enterprise": "refused",
    }
    assert {need: value_of(page, f"explain-{need}") for need in answers} == answers
    assert "Audit log export is not part of Starter." in page.content.decode()
    assert "The subscription is active." in page.content.decode()
    assert value_of(page, "explain-plan") == "starter"


@pytest.mark.parametrize(
    ("row", "because", "says"),
    [
        (None, "none", "There is no subscription."),
        ({"past_due": True}, "in_grace", "Overdue, access until"),
        ({"ending": True}, "ending", "The subscription ends on"),
        ({"plan_slug": ""}, "status", "Add the product to ACTIVE_PRODUCTS"),
        ({"current_period_end": timezone.now() - timedelta(hours=2)}, "silent", "No word from Stripe since"),
        ({"quantity": None, "collection_paused": True}, "status", "payments are on hold"),
        (
            {"status": "tomorrow", "current_period_end": None, "current_period_start": None},
            "status",
            "“tomorrow”",
        ),
        ({"canceled": True}, "status", "The subscription has ended."),
    ],
)
def test_it_says_what_decides_in_every_situation(holder, staff, row, because, says):
    if row is not None:
        SubscriptionFactory(holder=holder, **row)

    page = signed_in(staff).get(address(holder))

    assert value_of(page, "explain-because") == because
    assert says in page.content.decode()
    assert "None" not in page.content.decode().partition('id="content-main"')[2].partition("</section>")[0]


def test_it_shows_what_was_given_and_whether_it_counts(holder, staff, time_machine):
    give_comp(
        holder, ENTERPRISE, reason="Pilot & friends", expires_at=timezone.now() + timedelta(days=9), by=staff
    )

    page = signed_in(staff).get(address(holder)).content.decode()
    assert "Enterprise is given free of charge until" in page
    assert "Pilot &amp; friends" in page

    time_machine.move_to(timezone.now() + timedelta(days=10))
    assert "No: its time is over" in signed_in(staff).get(address(holder)).content.decode()

    Comp.objects.update(plan_slug="gold-2019", expires_at=None)
    assert (
        "No: ACTIVE_PRODUCTS does not know the plan" in signed_in(staff).get(address(holder)).content.decode()
    )


def test_only_staff_who_may_see_billing_get_in(holder, owner_client):
    clerk = UserFactory(is_staff=True)

    visitor_page = owner_client.get(address(holder))
    clerk_page = signed_in(clerk).get(address(holder))
    ours = Permission.objects.filter(content_type__app_label="subscriptions")
    clerk.user_permissions.add(ours.get(codename="view_subscription"))

    assert visitor_page.status_code == 302
    assert visitor_page["Location"].startswith("/admin/login/")
    assert clerk_page.status_code == 403
    assert signed_in(clerk).get(address(holder)).status_code == 200


@pytest.mark.parametrize("id", ["37b08e62-0ca0-40fb-b910-0ad476cf1f4f", "no-uuid", "42", "%00"])
def test_a_holder_that_is_not_there_is_not_found(staff, id):
    assert signed_in(staff).get(f"/admin/subscriptions/explain/{id}/").status_code == 404


def test_looking_changes_nothing(holder, staff):
    client = signed_in(staff)

    answers = [getattr(client, method)(address(holder)).status_code for method in ("get", "head", "post")]

    assert answers == [200, 200, 405]
    assert not AuditEntry.objects.exists()
    assert not Comp.objects.exists()
    assert not Subscription.objects.exists()
