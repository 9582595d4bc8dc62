"""Each kind of difference: made at Stripe or here, seen by the command, mended by --fix or left to us."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from djstripe.models import Price, Product

from apps.core.models import AuditEntry
from apps.subscriptions import stripe_api
from apps.subscriptions.holders import holder_model
from apps.subscriptions.inbox import HANDLED_EVENTS
from apps.subscriptions.models import CheckoutAttempt, Drift, Subscription
from apps.subscriptions.tests.conftest import current, gate_is_open
from apps.subscriptions.tests.lifecycle_story import DAY, second_subscription
from apps.subscriptions.tests.test_reconcile import found, reconcile
from stripe_sandbox.patching import patch


@pytest.fixture
def change(stripe):
    """An object changed at Stripe without an event, as by a lost one."""

    def change(object_id, **changes):
        with stripe:
            patch(stripe, object_id, changes)

    return change


def is_mended():
    """--fix leaves nothing, and the next comparison finds nothing; the rows tell who it was."""
    code, text = reconcile("--fix")
    assert code == 0, text
    assert found() == []
    assert not Drift.objects.filter(gone_at=None).exists()
    return set(Drift.objects.values_list("mended_by", flat=True)) == {"reconcile_subscriptions --fix"}


def is_left(kind):
    """--fix does not touch it, says what to do by hand, and goes on saying so."""
    code, text = reconcile("--fix")
    assert code == 1
    assert "Nothing was changed" in text or "Decide" in text or "Ask the customer" in text, text
    assert found() == [kind]
    return Drift.objects.get(gone_at=None).kind == kind


# Subscriptions -----------------------------------------------------------------------------------------

SOON = int((timezone.now() + timedelta(days=20)).timestamp())
CHANGES = {
    "status": {"status": "unpaid"},
    "cancelled": {"cancel_at_period_end": True},
    "an end": {"cancel_at": SOON},
    "paused collection": {"pause_collection": {"behavior": "void"}},
    "another trial end": {"trial_end": SOON},
    "another invoice": {"latest_invoice": "in_other"},
    "a card of its own": {"default_payment_method": None, "cancellation_details": {"comment": "Dear"}},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_whatever_sync_would_write_otherwise_is_missed_news(stripe, holder, buy, change, changes):
    row = buy(holder)
    before = list(Subscription.objects.filter(pk=row.pk).values())
    change(row.stripe_id, **changes)

    assert found() == ["missed-news"]
    assert list(Subscription.objects.filter(pk=row.pk).values()) == before
    assert is_mended()


def test_another_plan_and_period_are_missed_news(stripe, api, holder, buy):
    row = buy(holder)
    price = api.prices.list({"lookup_keys": ["pro-year"]}).data[0]
    api.subscriptions.update(row.stripe_id, {"items": [{"id": row.plan_item_id, "price": price.id}]})
    stripe.pending_deliveries()

    assert found() == ["missed-news"]
    assert is_mended()
    assert current(holder).interval == "year"


def test_a_discount_given_in_the_dashboard_is_missed_news(stripe, api, holder, buy):
    row = buy(holder)
    coupon = api.coupons.create({"percent_off": 20, "duration": "forever"})
    api.subscriptions.update(row.stripe_id, {"discounts": [{"coupon": coupon.id}]})
    stripe.pending_deliveries()

    assert found() == ["missed-news"]
    assert is_mended()


def test_a_trial_that_went_on_to_a_paid_month_unheard_is_stale(stripe, holder, buy):
    row = buy(holder)
    stripe.advance(15 * DAY)
    stripe.pending_deliveries()
    Subscription.objects.filter(pk=row.pk).update(trial_end=timezone.now() - timedelta(days=1))

    assert found() == ["stale-trial"]
    assert is_mended()
    assert current(holder).status == "active"


def test_a_subscription_made_in_the_dashboard_becomes_a_row(stripe, api, holder, buy, owner_client):
    row = buy(holder)
    api.subscriptions.cancel(row.stripe_id)
    second_subscription(api, row)
    stripe.pending_deliveries()

    assert sorted(found()) == ["missed-news", "unknown-subscription"]
    assert is_mended()
    assert current(holder).stripe_id != row.stripe_id
    assert gate_is_open(owner_client, holder)


def test_a_subscription_stripe_does_not_have_ends_on_request(stripe, holder, buy, owner_client):
    row = buy(holder)
    Subscription.objects.filter(pk=row.pk).update(stripe_id="sub_gone")
    with stripe:
        stripe.remove(stripe.get(row.stripe_id))

    assert found() == ["missing-subscription"]
    assert is_mended()
    assert not gate_is_open(owner_client, holder)


def test_two_live_subscriptions_are_left_to_a_person(stripe, api, holder, buy, deliver_webhooks):
    row = buy(holder)
    second = second_subscription(api, row)
    deliver_webhooks()

    assert is_left("duplicate-subscription")
    assert Drift.objects.get(gone_at=None).subject in {second, row.stripe_id}
    assert stripe.get(second)["status"] == "active"
    assert stripe.get(row.stripe_id)["status"] == "trialing"

    api.subscriptions.cancel(second)
    deliver_webhooks()
    assert reconcile()[0] == 0
    assert Drift.objects.get().gone_at is not None
    assert Drift.objects.get().mended_by == ""


def test_a_second_live_subscription_nobody_told_of_is_read_back_and_then_left(stripe, api, holder, buy):
    row = buy(holder)
    second_subscription(api, row)
    stripe.pending_deliveries()

    assert found() == ["duplicate-subscription", "unknown-subscription"]
    reconcile("--fix")
    assert found() == ["duplicate-subscription"]
    assert holder.subscriptions.count() == 2


def test_an_open_payment_page_of_a_subscriber_is_closed(stripe, holder, buy):
    row = buy(holder)
    attempt = CheckoutAttempt.objects.get(holder=holder)
    session = stripe.get(attempt.session_id)
    with stripe:
        stripe.update(session, status="open", payment_status="unpaid")
    CheckoutAttempt.objects.update(closed_at=None, started_at=timezone.now() - timedelta(hours=1))

    assert found() == ["open-payment-page"]
    assert is_mended()
    assert stripe.get(session["id"])["status"] == "expired"
    assert current(holder) == row


def test_live_rows_on_a_site_in_test_mode_are_left_to_a_person(stripe, holder, buy):
    row = buy(holder)
    Subscription.objects.filter(pk=row.pk).update(livemode=True)
    with stripe:
        stripe.remove(stripe.get(row.stripe_id))

    assert found() == ["wrong-mode"]
    assert is_left("wrong-mode")
    assert current(holder).status == "trialing"


# Customers ---------------------------------------------------------------------------------------------


def test_a_customer_deleted_at_stripe_is_forgotten_on_request(stripe, api, holder, buy, owner_client):
    row = buy(holder)
    api.customers.delete(row.stripe_customer_id)
    stripe.pending_deliveries()

    assert "missing-customer" in found()
    assert is_mended()
    holder.refresh_from_db()
    assert holder.stripe_customer_id == ""
    assert not gate_is_open(owner_client, holder)


def test_a_customer_its_holder_does_not_know_is_linked(stripe, api, holder):
    made = api.customers.create({"metadata": {"djstripe_subscriber": str(holder.pk)}})

    assert found() == ["unlinked-customer"]
    assert is_mended()
    holder.refresh_from_db()
    assert holder.stripe_customer_id == made.id


def test_a_second_customer_without_subscription_loses_its_mark(stripe, api, holder, buy):
    buy(holder)
    made = api.customers.create({"metadata": {"djstripe_subscriber": str(holder.pk)}})

    assert found() == ["duplicate-customer"]
    assert is_mended()
    assert stripe.get(made.id)["metadata"] == {"former_djstripe_subscriber": str(holder.pk)}


def test_a_second_customer_that_pays_is_left_to_a_person(stripe, api, holder, buy):
    row = buy(holder)
    made = api.customers.create({"metadata": {"djstripe_subscriber": str(holder.pk)}})
    api.subscriptions.create(
        {"customer": made.id, "items": [{"price": row.price_id}], "trial_period_days": 9}
    )

    assert found() == ["duplicate-customer", "duplicate-subscription", "unknown-subscription"]
    reconcile("--fix")
    assert found() == ["duplicate-customer", "duplicate-subscription"]
    assert stripe.get(made.id)["metadata"] == {"djstripe_subscriber": str(holder.pk)}


def forget(holder):
    """As a database does that lost it: no service ran, nothing was cancelled."""
    Subscription.objects.filter(holder=holder)._raw_delete("default")
    CheckoutAttempt.objects.filter(holder=holder)._raw_delete("default")
    holder_model()._default_manager.filter(pk=holder.pk).update(stripe_customer_id="")


@pytest.mark.team_holder
def test_who_pays_for_a_holder_that_is_gone_is_left_to_a_person(stripe, api, holder, buy):
    row = buy(holder)
    change_of_owner(stripe, row, AuditEntry._base_manager.filter(holder_id=holder.pk), holder)

    assert "orphan-subscription" in found()
    assert stripe.get(row.stripe_id)["status"] == "trialing"


def change_of_owner(stripe, row, entries, holder):
    """The holder's key is gone from the database, its log is not."""
    gone = uuid.uuid4()
    with stripe:
        patch(stripe, row.stripe_customer_id, {"metadata": {"djstripe_subscriber": str(gone)}})
    entries.update(holder_id=gone)
    forget(holder)


def test_customers_of_others_in_the_account_are_counted_and_left_alone(stripe, api, holder, buy):
    buy(holder)
    api.customers.create({"metadata": {"djstripe_subscriber": str(uuid.uuid4())}})
    api.customers.create({"metadata": {"djstripe_subscriber": "17"}})
    other = api.customers.create({"name": "=HYPERLINK(1)\x1b[2J"})
    price = api.prices.list({"lookup_keys": ["pro-month"]}).data[0]
    api.subscriptions.create({"customer": other.id, "items": [{"price": price.id}], "trial_period_days": 9})

    code, text = reconcile("--fix")

    assert code == 0, text
    assert "4 of others in the account were left alone" in text
    assert not Drift.objects.exists()


# Catalogue, endpoint, Portal ---------------------------------------------------------------------------


def test_a_price_archived_or_renamed_unheard_is_read_again(stripe, change):
    price = Price.objects.get(lookup_key="pro-month")
    change(price.id, active=False)
    change(price.product.id, name="Profi")

    assert found() == ["price", "product"]
    assert is_mended()  # with the Portal, which still offered the price
    price.refresh_from_db()
    assert not price.active
    assert Product.objects.get(id=price.product.id).name == "Profi"


def test_a_subscriber_of_an_archived_price_is_no_difference(stripe, api, holder, buy, deliver_webhooks):
    """What the Portal offers is one."""
    row = buy(holder)
    api.prices.update(row.price_id, {"active": False})
    deliver_webhooks()

    assert found() == ["portal"]
    assert is_mended()
    assert current(holder).price_id == row.price_id


def test_a_second_endpoint_for_our_address_is_told_and_left_alone(stripe):
    second = stripe_api.webhook_endpoints.create("http://testserver/stripe/webhook/", HANDLED_EVENTS)["id"]

    assert found() == ["second-endpoint"]
    code, text = reconcile("--fix")
    assert code == 1
    assert "DJSTRIPE_WEBHOOK_SECRET" in text
    assert stripe.get(second)["status"] == "enabled"


def test_an_endpoint_that_was_switched_off_is_no_second_one(stripe, change):
    second = stripe_api.webhook_endpoints.create("http://testserver/stripe/webhook/", HANDLED_EVENTS)["id"]
    change(second, status="disabled")

    assert found() == []


@pytest.mark.parametrize(
    "changes", [{"status": "disabled"}, {"enabled_events": ["invoice.paid"]}], ids=["disabled", "events"]
)
def test_an_endpoint_changed_in_the_dashboard_is_restored(stripe, change, changes):
    endpoint = stripe.all("webhook_endpoint")[0]
    change(endpoint["id"], **changes)

    assert found() == ["webhook-endpoint"]
    assert is_mended()
    assert stripe.get(endpoint["id"])["status"] == "enabled"


def test_a_portal_that_lets_customers_edit_quantities_is_configured_again(stripe, change):
    configuration = stripe.all("billing_portal.configuration")[-1]
    update = {"default_allowed_updates": ["price", "quantity"]}
    change(configuration["id"], features={"subscription_update": update})

    assert found() == ["portal"]
    assert is_mended()
    features = stripe.get(configuration["id"])["features"]
    assert features["subscription_update"]["default_allowed_updates"] == ["price"]
