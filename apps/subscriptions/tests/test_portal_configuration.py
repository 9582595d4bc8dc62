"""`bootstrap_webhooks --portal`: what customers may do in Stripe's Portal agrees with the app."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from djstripe.models import Price

from apps.subscriptions import stripe_api
from apps.subscriptions.services import setup
from stripe_sandbox.patching import patch

pytestmark = pytest.mark.django_db


def ours(world):
    (found,) = [row for row in world.all("billing_portal.configuration") if row["metadata"]]
    return found


def test_it_is_made_once_and_nobody_edits_the_quantity(stripe):
    setup.configure_portal()

    features = ours(stripe)["features"]
    assert features["subscription_update"]["default_allowed_updates"] == ["price"]
    (product,) = features["subscription_update"]["products"]
    assert product["adjustable_quantity"]["enabled"] is False
    assert len(product["prices"]) == 2


def test_people_cancel_at_the_end_of_the_period_and_are_asked_why(stripe):
    cancel = ours(stripe)["features"]["subscription_cancel"]

    assert cancel["mode"] == "at_period_end"
    assert cancel["cancellation_reason"]["enabled"] is True
    assert "too_expensive" in cancel["cancellation_reason"]["options"]


def test_cards_addresses_and_invoices_are_open(stripe):
    features = ours(stripe)["features"]

    assert features["payment_method_update"]["enabled"]
    assert features["invoice_history"]["enabled"]
    assert set(features["customer_update"]["allowed_updates"]) == {"address", "phone", "tax_id"}


def test_a_smaller_plan_waits_for_the_renewal_and_a_larger_one_is_paid_at_once(stripe):
    update = ours(stripe)["features"]["subscription_update"]

    assert update["proration_behavior"] == "always_invoice"
    assert [condition["type"] for condition in update["schedule_at_period_end"]["conditions"]] == [
        "decreasing_item_amount",
        "shortening_interval",
    ]


def test_a_trial_goes_on_when_the_plan_is_switched(stripe):
    assert ours(stripe)["features"]["subscription_update"]["trial_update_behavior"] == "continue_trial"


def test_what_somebody_changed_in_the_dashboard_is_put_right_in_place(stripe):
    before = ours(stripe)
    patch(stripe, before["id"], {"features": {"subscription_cancel": {"mode": "immediately"}}})

    setup.configure_portal()

    assert ours(stripe)["id"] == before["id"]
    assert ours(stripe)["features"]["subscription_cancel"]["mode"] == "at_period_end"


def test_prices_chosen_without_a_lookup_key_can_be_switched_to_as_well(stripe):
    """A catalogue made in Stripe's dashboard."""
    Price.objects.filter(lookup_key="pro-year").update(lookup_key=None)

    setup.configure_portal()

    assert len(ours(stripe)["features"]["subscription_update"]["products"][0]["prices"]) == 2


def test_before_anything_is_sold_there_is_nothing_to_switch_to(stripe_world):
    setup.configure_portal()

    assert ours(stripe_world)["features"]["subscription_update"]["enabled"] is False


def test_on_a_laptop_the_portal_is_made_although_stripe_refuses_the_endpoint(stripe_world):
    error = {"type": "invalid_request_error", "code": "url_invalid", "message": "Invalid URL"}
    path = "/v1/webhook_endpoints"
    stripe_world.faults.add({"match": {"method": "POST", "path": path}, "status": 400, "error": error})
    out = StringIO()

    with pytest.raises(Exception, match="stripe listen"):
        call_command("bootstrap_webhooks", portal=True, stdout=out)

    assert f"Portal configuration {ours(stripe_world)['id']} is up to date" in out.getvalue()


def test_it_leads_back_to_the_site(stripe):
    assert ours(stripe)["default_return_url"] == "http://testserver/"
    assert stripe_api.portal.list_configurations()
