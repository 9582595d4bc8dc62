"""Subscriptions: how they begin, change and end by the API."""

import pytest
import stripe

from stripe_sandbox.tests.shop import RENEWALS_FAIL


def test_the_period_stands_on_the_item_only(shop):
    subscription = shop.buy()

    item = subscription["items"].data[0]

    assert "current_period_end" not in subscription
    assert item.current_period_start < item.current_period_end
    assert item.price.product.startswith("prod_")
    assert subscription.billing_mode.type == "flexible"


def test_a_refused_first_payment_leaves_it_incomplete(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")

    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    )

    assert subscription.status == "incomplete"
    assert api.invoices.retrieve(subscription.latest_invoice).status == "open"


def test_paying_the_first_invoice_activates(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    )

    with pytest.raises(stripe.CardError) as declined:
        api.invoices.pay(subscription.latest_invoice)
    api.invoices.pay(subscription.latest_invoice, {"payment_method": "pm_card_visa"})

    assert declined.value.code == "card_declined"
    assert shop.subscription(subscription.id).status == "active"


def test_an_unpaid_start_expires_within_a_day(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    )

    shop.wait(1)

    expired = shop.subscription(subscription.id)
    assert expired.status == "incomplete_expired"
    assert expired.canceled_at == expired.ended_at == subscription.created + 23 * 3600
    assert api.invoices.retrieve(subscription.latest_invoice).status == "void"


@pytest.mark.parametrize(
    "params", [{"discounts": True}, {"collection_method": "send_invoice", "days_until_due": 7}]
)
def test_what_needs_no_payment_is_active_from_its_first_event_on(api, shop, params):
    if "discounts" in params:
        params = {"discounts": [{"coupon": api.coupons.create({"percent_off": 100}).id}]}
    item = {"price": shop.price("starter-month")}

    api.subscriptions.create({"customer": shop.customer().id, "items": [item], **params})

    told = api.events.list({"type": "customer.subscription.*"}).data
    assert [(event.type, event.data.object.status) for event in told] == [
        ("customer.subscription.created", "active")
    ]


def test_error_if_incomplete_makes_nothing(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    params = {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}

    with pytest.raises(stripe.CardError) as refused:
        api.subscriptions.create({**params, "payment_behavior": "error_if_incomplete"})

    assert refused.value.http_status == 402
    assert api.subscriptions.list({"customer": customer.id, "status": "all"}).data == []


def test_an_update_says_what_was_before(api, shop):
    subscription = shop.buy()

    api.subscriptions.update(subscription.id, {"metadata": {"a": "b"}, "cancel_at_period_end": True})

    event = api.events.list({"type": "customer.subscription.updated"}).data[0]
    before = event.data.previous_attributes.to_dict()
    assert before["cancel_at_period_end"] is False
    assert before["cancel_at"] is None
    assert before["metadata"] == {"a": None}
    assert event.data.object.cancel_at_period_end is True


def test_cancel_at_period_end_ends_at_the_period(shop, api):
    subscription = shop.buy()
    end = subscription["items"].data[0].current_period_end

    ending = api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    shop.wait(32)
    ended = shop.subscription(subscription.id)

    assert (ending.status, ending.cancel_at, ending.cancellation_details.reason) == (
        "active",
        end,
        "cancellation_requested",
    )
    assert (ended.status, ended.ended_at) == ("canceled", end)
    assert len(shop.invoices(subscription)) == 1
    assert shop.events()[-1] == "customer.subscription.deleted"


def test_a_scheduled_end_can_be_taken_back(shop, api):
    subscription = shop.buy()
    api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})

    resumed = api.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    shop.wait(32)

    assert (resumed.cancel_at, resumed.canceled_at) == (None, None)
    assert shop.subscription(subscription.id).status == "active"


def test_canceling_twice_answers_404(api, shop):
    subscription = shop.buy()
    api.subscriptions.cancel(subscription.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.cancel(subscription.id)

    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_a_canceled_one_takes_no_changes(api, shop):
    subscription = shop.buy()
    api.subscriptions.cancel(subscription.id)

    with pytest.raises(stripe.InvalidRequestError):
        shop.seats(subscription, 5)


def test_deleting_the_customer_ends_its_subscriptions(api, shop):
    subscription = shop.buy()

    api.customers.delete(subscription.customer)

    assert shop.subscription(subscription.id).status == "canceled"


def test_status_filters_follow_stripe(api, shop):
    subscription = shop.buy()
    api.subscriptions.cancel(subscription.id)
    of_customer = {"customer": subscription.customer}

    assert api.subscriptions.list(of_customer).data == []
    assert len(api.subscriptions.list({**of_customer, "status": "all"}).data) == 1
    assert len(api.subscriptions.list({**of_customer, "status": "canceled"}).data) == 1


def test_paused_collection_keeps_it_active_and_voids_invoices(api, shop):
    subscription = shop.buy()
    api.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})

    shop.wait(32)

    found = shop.subscription(subscription.id)
    assert (found.status, found.pause_collection.behavior) == ("active", "void")
    assert shop.invoices(subscription)[0].status == "void"


def test_a_trial_without_card_pauses_and_resumes(api, shop):
    customer = shop.customer()
    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("starter-month")}],
            "trial_period_days": 7,
            "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
        }
    )
    shop.wait(7.1)
    paused = shop.subscription(subscription.id).status
    method = api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    api.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})

    resumed = api.subscriptions.resume(subscription.id)

    assert (paused, resumed.status) == ("paused", "active")
    assert {"customer.subscription.paused", "customer.subscription.resumed"} < set(shop.events())


def test_metered_prices_take_no_quantity(api, shop):
    product = api.products.create({"name": "Calls"})
    price = api.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": 1,
            "recurring": {"interval": "month", "usage_type": "metered"},
        }
    )
    customer = shop.customer_with_card()

    with pytest.raises(stripe.InvalidRequestError):
        api.subscriptions.create({"customer": customer.id, "items": [{"price": price.id, "quantity": 2}]})
    subscription = api.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})

    assert "quantity" not in subscription["items"].data[0]


def test_a_failing_card_is_kept_but_later_charges_are_refused(shop):
    subscription = shop.buy(card=RENEWALS_FAIL)

    shop.wait(31.2)

    assert subscription.status == "active"
    assert shop.subscription(subscription.id).status == "past_due"


def test_nothing_to_charge_is_said_at_once(api, shop):
    customer = shop.customer()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.create({"customer": customer.id, "items": [{"price": shop.price("starter-month")}]})

    assert (refused.value.http_status, refused.value.code) == (400, "resource_missing")


def test_default_incomplete_waits_for_the_first_payment(api, shop):
    customer = shop.customer()
    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("starter-month")}],
            "payment_behavior": "default_incomplete",
            "payment_settings": {"save_default_payment_method": "on_subscription"},
        }
    )

    api.invoices.pay(subscription.latest_invoice, {"payment_method": "pm_card_visa"})

    found = shop.subscription(subscription.id)
    assert (subscription.status, found.status) == ("incomplete", "active")
    assert found.default_payment_method.startswith("pm_")
