"""Trials: begun, moved, ended, and what happens without a card."""

import pytest
import stripe

from stripe_sandbox.tests.shop import DAY


def item(subscription):
    return subscription["items"].data[0]


def test_an_active_subscription_goes_back_into_a_trial(api, shop):
    subscription = shop.buy(quantity=3)
    shop.wait(15)
    end = shop.world.wall_clock() + 10 * DAY

    trialing = api.subscriptions.update(subscription.id, {"trial_end": end})
    made = shop.invoices(subscription)[0]
    credit = api.customers.retrieve(subscription.customer).balance
    shop.wait(10.1)

    assert (trialing.status, trialing.trial_end, trialing.billing_cycle_anchor) == ("trialing", end, end)
    assert item(trialing).current_period_end == end
    assert trialing.trial_start == item(trialing).current_period_start > subscription.created
    assert -3200 < made.total < -2800
    assert credit == made.total
    assert shop.subscription(subscription.id).status == "active"
    assert shop.invoices(subscription)[0].amount_due == 6000 + credit


def test_without_proration_the_trial_credits_nothing(api, shop):
    subscription = shop.buy(quantity=3)
    end = shop.world.wall_clock() + 10 * DAY

    api.subscriptions.update(subscription.id, {"trial_end": end, "proration_behavior": "none"})

    assert shop.invoices(subscription)[0].total == 0
    assert api.customers.retrieve(subscription.customer).balance == 0


def test_a_trial_is_made_longer_without_an_invoice(api, shop):
    subscription = shop.buy(subscription_data={"trial_period_days": 7})
    end = subscription.trial_end + 7 * DAY

    longer = api.subscriptions.update(subscription.id, {"trial_end": end})
    shop.wait(7.1)

    assert (longer.status, longer.trial_end, longer.trial_start) == (
        "trialing",
        end,
        subscription.trial_start,
    )
    assert shop.subscription(subscription.id).status == "trialing"
    assert len(shop.invoices(subscription)) == 1


def test_trial_end_now_bills_the_first_period(api, shop):
    subscription = shop.buy(quantity=3, subscription_data={"trial_period_days": 14})
    shop.wait(2)

    ended = api.subscriptions.update(subscription.id, {"trial_end": "now"})

    assert ended.status == "active"
    assert ended.billing_cycle_anchor == item(ended).current_period_start == ended.trial_end
    assert [invoice.total for invoice in shop.invoices(subscription)] == [6000, 0]


def test_a_short_trial_is_announced_at_once(shop):
    shop.buy(subscription_data={"trial_period_days": 2})

    assert shop.events().count("customer.subscription.trial_will_end") == 1
    shop.wait(3)
    assert shop.events().count("customer.subscription.trial_will_end") == 1


@pytest.mark.parametrize(
    ("behavior", "status"), [("create_invoice", "past_due"), ("pause", "paused"), ("cancel", "canceled")]
)
def test_what_happens_without_a_card_is_the_sellers_choice(api, shop, behavior, status):
    subscription = api.subscriptions.create(
        {
            "customer": shop.customer().id,
            "items": [{"price": shop.price("starter-month")}],
            "trial_period_days": 7,
            "trial_settings": {"end_behavior": {"missing_payment_method": behavior}},
        }
    )

    shop.wait(7.1)

    assert shop.subscription(subscription.id).status == status


@pytest.fixture
def paused(api, shop):
    customer = shop.customer()
    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("starter-month")}],
            "trial_period_days": 7,
            "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
        }
    )
    shop.wait(20)
    return subscription


def add_card(api, customer, card="pm_card_visa"):
    method = api.payment_methods.attach(card, {"customer": customer})
    api.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})


def test_a_pause_makes_no_invoices(paused, shop):
    shop.wait(60)

    assert shop.subscription(paused.id).status == "paused"
    assert len(shop.invoices(paused)) == 1


def test_resuming_without_money_stays_paused_until_paid(paused, api, shop):
    add_card(api, paused.customer, "pm_card_chargeCustomerFail")

    refused = api.subscriptions.resume(paused.id)
    add_card(api, paused.customer)
    api.invoices.pay(refused.latest_invoice)

    assert refused.status == "paused"
    assert shop.subscription(paused.id).status == "active"
    assert shop.events()[-1] == "customer.subscription.resumed"


def test_a_resumption_nobody_pays_is_void_after_23_hours(paused, api, shop):
    refused = api.subscriptions.resume(paused.id)

    shop.wait(1)

    assert shop.subscription(paused.id).status == "paused"
    assert api.invoices.retrieve(refused.latest_invoice).status == "void"


def test_a_resumption_that_is_written_off_goes_on(paused, api, shop):
    refused = api.subscriptions.resume(paused.id)

    api.invoices.mark_uncollectible(refused.latest_invoice)

    assert shop.subscription(paused.id).status == "active"


def test_resuming_can_keep_the_old_billing_day(paused, api, shop):
    add_card(api, paused.customer)

    resumed = api.subscriptions.resume(
        paused.id, {"billing_cycle_anchor": "unchanged", "proration_behavior": "always_invoice"}
    )

    assert (resumed.status, resumed.billing_cycle_anchor) == ("active", paused.trial_end)
    assert 0 < shop.invoices(paused)[0].total < 2900


def test_only_a_paused_one_can_be_resumed(api, shop):
    subscription = shop.buy()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.resume(subscription.id)

    assert refused.value.http_status == 400


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"trial_end": 1000}, "trial_end"),
        ({"trial_period_days": 731}, "trial_period_days"),
        ({"trial_period_days": -1}, "trial_period_days"),
        ({"trial_period_days": 7, "trial_end": 4102444800}, "trial_end"),
        ({"trial_end": 4102444800}, "trial_end"),
    ],
)
def test_trials_that_cannot_be_are_refused(api, shop, params, param):
    wanted = {"customer": shop.customer_with_card().id, "items": [{"price": shop.price("pro-month")}]}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.create({**wanted, **params})

    assert (refused.value.http_status, refused.value.param) == (400, param)
