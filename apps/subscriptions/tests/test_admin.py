"""The admin opens, whatever is in the tables."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from apps.subscriptions import inbox
from apps.subscriptions.models import Subscription, WebhookEvent
from apps.subscriptions.tests.conftest import signed_in
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return signed_in(UserFactory(is_staff=True, is_superuser=True))


def test_every_list_opens_after_a_purchase(stripe, holder, buy, staff):
    buy(holder, "starter")

    broken = [
        model._meta.label
        for model in admin.site._registry
        if staff.get(
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        ).status_code
        != 200
    ]

    assert broken == []


def test_nobody_edits_a_subscription_by_hand(holder, buy, staff):
    row = buy(holder, "starter")
    path = reverse("admin:subscriptions_subscription_change", args=[row.pk])

    assert staff.get(path).status_code == 200
    assert staff.post(path, {"status": "active"}).status_code == 403
    assert Subscription.objects.get(pk=row.pk).status == row.status


def test_an_event_that_was_given_up_is_worked_again_from_the_list(stripe, holder, buy, staff):
    customer = buy(holder, "starter").stripe_customer_id
    body = {
        "id": "evt_late",
        "object": "event",
        "type": "customer.updated",
        "livemode": False,
        "api_version": None,
        "created": 1,
        "data": {"object": {"id": customer, "object": "customer"}},
    }
    inbox.store(body)
    WebhookEvent.objects.filter(event_id="evt_late").update(failed_at="2026-01-01T00:00Z", attempts=9)

    staff.post(
        reverse("admin:subscriptions_webhookevent_changelist"),
        {"action": "work_again", "_selected_action": [WebhookEvent.objects.get(event_id="evt_late").pk]},
    )

    assert WebhookEvent.objects.get(event_id="evt_late").processed_at is not None
