"""Who among staff sees a holder's billing on its own page, and what may be done from there."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.subscriptions.admin.holder_actions import ACTIONS
from apps.subscriptions.holders import holder_model
from apps.subscriptions.tests.admin_holders import (
    action_page,
    confirm,
    holder_page,
    offered_on,
    only_may,
)
from apps.subscriptions.tests.conftest import current
from apps.subscriptions.tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db


def test_the_holders_page_shows_its_billing_and_what_can_be_done(holder, buy, staff):
    row = buy(holder, "starter")

    text = staff.get(holder_page(holder)).content.decode()

    assert "Starter" in text
    assert "Active" in text
    assert f"https://dashboard.stripe.com/test/customers/{row.stripe_customer_id}" in text
    assert reverse("admin:core_auditentry_changelist") + f"?holder_id__exact={holder.pk}" in text
    assert offered_on(staff, holder_page(holder)) == {
        "sync",
        "give-comp",
        "cancel-at-period-end",
        "cancel-now",
    }


def test_the_list_of_holders_says_who_subscribes_to_what_in_a_fixed_number_of_queries(staff, queries_of):
    opts = holder_model()._meta
    path = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    SubscriptionFactory(past_due=True)
    of_one = queries_of(lambda: staff.get(path))
    SubscriptionFactory.create_batch(29, past_due=True)

    assert queries_of(lambda: staff.get(path)) == of_one
    answer = staff.get(path)
    assert answer.content.decode().count("Pro, Payment overdue") == 30


def test_the_subscriptions_page_offers_the_same(holder, buy, staff):
    row = buy(holder, "starter")
    page = reverse("admin:subscriptions_subscription_change", args=[row.pk])

    assert offered_on(staff, page) == offered_on(staff, holder_page(holder))


def test_a_holder_who_never_bought_has_a_page_too(holder, staff):
    assert "No subscription" in staff.get(holder_page(holder)).content.decode()


def test_whoever_may_only_look_sees_no_button_and_is_refused(stripe, holder, buy):
    buy(holder, "pro")
    opts = holder_model()._meta
    looker = only_may("view_subscription", f"view_{opts.model_name}")
    before = len(stripe.requests.since(0))

    assert "Billing" in looker.get(holder_page(holder)).content.decode()
    assert offered_on(looker, holder_page(holder)) == set()
    for action in ACTIONS:
        assert looker.get(action_page(holder, action.name)).status_code == 403
        assert looker.post(action_page(holder, action.name), {}).status_code == 403
    assert len(stripe.requests.since(0)) == before


def test_whoever_may_not_see_billing_sees_the_holder_without_it(holder, buy):
    buy(holder, "pro")
    clerk = only_may(f"view_{holder_model()._meta.model_name}")

    assert "billing-panel-title" not in clerk.get(holder_page(holder)).content.decode()


def test_who_is_no_staff_is_sent_to_sign_in(holder, owner_client):
    answer = owner_client.post(action_page(holder, "sync"), {})

    assert answer.status_code == 302
    assert "/login/" in answer.url


@pytest.mark.parametrize("door", ["page", "list"])
def test_a_holder_who_pays_cannot_be_deleted_from_the_admin(holder, buy, staff, door):
    """Cancel first; else somebody pays for nothing (policy P9)."""
    buy(holder, "starter")
    opts = holder_model()._meta

    if door == "page":
        path = reverse(f"admin:{opts.app_label}_{opts.model_name}_delete", args=[holder.pk])
        answer = staff.post(path, {"post": "yes"})
    else:
        path = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        sent = {"action": "delete_selected", "_selected_action": [holder.pk], "post": "yes"}
        answer = staff.post(path, sent)

    assert answer.status_code in (200, 302, 403)
    assert holder_model()._default_manager.filter(pk=holder.pk).exists()
    assert current(holder).status == "active"


def test_nobody_and_nothing_is_not_found(holder, staff):
    stranger = "00000000-0000-0000-0000-000000000000"

    assert staff.get(reverse("admin:subscriptions_holder_action", args=[stranger, "sync"])).status_code == 404
    assert staff.get(action_page(holder, "give-money")).status_code == 404
    assert staff.get("/admin/subscriptions/subscription/holder/not-a-uuid/sync/").status_code in (302, 404)


def test_the_way_back_never_leads_elsewhere(holder, buy, staff):
    buy(holder, "starter")

    answer = staff.post(
        action_page(holder, "sync") + "?next=https://evil.example/",
        {"mark": "", "next": "//evil.example/"},
    )

    assert "evil.example" not in answer.url


def test_the_audit_log_of_one_holder(holder, buy, staff):
    buy(holder, "starter")
    confirm(staff, holder, "sync")
    AuditEntry.objects.create(action="something.else", target_label="somebody else")

    text = staff.get(
        reverse("admin:core_auditentry_changelist") + f"?holder_id__exact={holder.pk}"
    ).content.decode()

    assert "subscription.synced_by_staff" in text
    assert "something.else" not in text.split('id="changelist-filter"')[0]
