"""What pages say of money and time holds in every state, for whoever reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.dates import day_text
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Comp
from apps.subscriptions.needs import from_text
from apps.subscriptions.prompts import prompt_for
from apps.subscriptions.tab import subscription_view
from apps.subscriptions.tab.banners import Reader, banners_for
from apps.subscriptions.tests.conftest import calls, current
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.subscriptions.tests.tab_story import api, read_back, text_of

pytestmark = pytest.mark.django_db


def stand(row, status, **fields):
    fields = {
        "status": status,
        **({"past_due_since": timezone.now()} if status == "past_due" else {}),
        **fields,
    }
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


class TestCancelling:
    def test_who_has_paid_keeps_access(self, stripe, holder, owner_client, buy):
        buy(holder, "starter")

        text = text_of(owner_client, holder, "cancel")

        assert "no further period is charged. You keep access until then." in text

    def test_who_owes_is_promised_nothing_until_the_end(self, stripe, holder, owner_client, buy):
        stand(buy(holder, "starter"), "past_due")

        text = text_of(owner_client, holder, "cancel")

        assert "You keep access" not in text
        assert "unless it is paid, access may end sooner" in text

    @pytest.mark.parametrize("status", ["unpaid", "paused"])
    def test_whose_plan_is_off_keeps_nothing(self, stripe, holder, owner_client, buy, status):
        stand(buy(holder, "starter"), status)

        text = text_of(owner_client, holder, "cancel")

        assert "You keep access" not in text
        assert "Access is off already." in text

    def test_afterwards_nobody_who_owes_reads_of_access(self, stripe, holder, owner_client, buy):
        stand(buy(holder, "starter"), "past_due")

        page = owner_client.post(billing_url("cancel", holder), follow=True)

        said = [str(message) for message in page.context["messages"]]
        assert said == ["Your plan ends with the current period."]


def test_an_ending_plan_with_an_open_invoice_does_not_promise_that_all_stays(
    stripe, holder, owner_client, buy
):
    row = buy(holder, "starter")
    stand(row, "past_due", ends_at=row.current_period_end)

    text = text_of(owner_client, holder)

    assert f"The plan ends on {day_text(row.ends_at)}." in text
    assert "Everything stays open until then" not in text


class TestNextInvoice:
    @pytest.mark.parametrize("resumes", [None, 400], ids=["nobody knows when", "after the renewal"])
    def test_payments_on_hold_are_not_due(self, stripe, holder, owner_client, buy, resumes):
        row = buy(holder, "starter")
        stand(row, "active", collection_paused=True, collection_resumes_at=_in_days(resumes))

        tab, page = text_of(owner_client, holder), text_of(owner_client, holder, "next_invoice")

        assert "Next invoice" not in tab
        assert "Payments are on hold, so nothing is due at the next renewal." in page
        assert not calls(stripe, "POST", "/v1/invoices/create_preview")

    def test_payments_that_go_on_before_the_renewal_are_due(self, stripe, holder, owner_client, buy):
        row = buy(holder, "starter")
        stand(row, "active", collection_paused=True, collection_resumes_at=_in_days(2))

        page = text_of(owner_client, holder, "next_invoice")

        assert f"Due on {day_text(row.current_period_end)} $29.00" in page

    def test_an_unpaid_plan_is_not_charged_again(self, stripe, holder, owner_client, buy):
        stand(buy(holder, "starter"), "unpaid")

        tab, page = text_of(owner_client, holder), text_of(owner_client, holder, "next_invoice")

        assert "Next invoice" not in tab
        assert "Nothing more is charged until the open invoice is paid." in page

    def test_seats_taken_before_the_end_are_still_settled(self, stripe, holder, owner_client, buy):
        row = buy(holder, "pro")
        api().subscriptions.update(row.stripe_id, {"trial_end": "now"})
        item = {"id": row.plan_item_id, "quantity": 5}
        api().subscriptions.update(
            row.stripe_id, {"items": [item], "proration_behavior": "create_prorations"}
        )
        api().subscriptions.update(row.stripe_id, {"cancel_at_period_end": True})
        read_back(holder)

        text = text_of(owner_client, holder, "next_invoice")

        assert f"Due on {day_text(current(holder).current_period_end)}" in text
        assert "5 × Pro" in text

    def test_an_invoice_that_is_sent_is_not_due_on_its_date(self, stripe, holder, owner_client, buy):
        row = buy(holder, "starter")
        api().subscriptions.update(row.stripe_id, {"collection_method": "send_invoice", "days_until_due": 30})
        read_back(holder)

        text = text_of(owner_client, holder, "next_invoice")

        assert f"Sent on {day_text(row.current_period_end)} $29.00" in text
        assert "Due on" not in text


def _in_days(days):
    return None if days is None else timezone.now() + timedelta(days=days)


class TestGates:
    @pytest.mark.parametrize("status", ["unpaid", "paused", "incomplete"])
    def test_who_has_the_plan_is_not_sold_another(self, holder, status):
        SubscriptionFactory(holder=holder, plan_slug="pro", status=status)

        prompt = prompt_for(entitlements_for(holder), from_text("feature:audit-log"))

        assert prompt.plans == []
        assert prompt.situation

    def test_whose_plan_would_not_do_reads_which_would(self, holder):
        SubscriptionFactory(holder=holder, plan_slug="starter", status="unpaid")

        prompt = prompt_for(entitlements_for(holder), from_text("feature:audit-log"))

        assert [plan.slug for plan in prompt.plans] == ["pro", "enterprise"]


def test_a_plan_given_away_says_how_many_people_it_takes(holder):
    SubscriptionFactory(holder=holder, plan_slug="starter")
    Comp.objects.create(
        holder=holder, plan_slug="pro", reason="A guest", by_label="", created_at=timezone.now()
    )

    view = subscription_view(entitlements_for(holder))

    assert view is not None
    assert view.seats_allowed is None
    assert "More people than the plan takes" not in [
        banner.title for banner in banners_for(view, Reader(holder, may_manage=True, members=4))
    ]


def test_a_plan_given_away_beside_a_paid_one_does_not_say_that_nothing_is_paid(
    stripe, holder, owner_client, buy
):
    buy(holder, "starter")
    Comp.objects.create(
        holder=holder, plan_slug="pro", reason="A guest", by_label="", created_at=timezone.now()
    )

    text = text_of(owner_client, holder)

    assert "Pro is yours at no charge" in text
    assert "The subscription below goes on and is paid." in text
