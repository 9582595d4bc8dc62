"""How subscriptions end: at once, at a date, and who gets what back."""

import pytest
import stripe

from stripe_sandbox.tests.shop import DAY


def period(subscription):
    item = subscription["items"].data[0]
    return item.current_period_start, item.current_period_end


def test_a_date_within_the_period_credits_what_comes_after(api, shop):
    subscription = shop.buy(quantity=3)
    start, end = period(subscription)
    middle = (start + end) // 2

    ending = api.subscriptions.update(subscription.id, {"cancel_at": middle})
    pending = api.invoice_items.list({"customer": subscription.customer, "pending": True}).data
    shop.world.advance(middle - shop.world.wall_clock() + 60)

    ended = shop.subscription(subscription.id)
    assert (ending.cancel_at, ending.cancel_at_period_end, ending.status) == (middle, False, "active")
    assert [item.amount for item in pending] == [pytest.approx(-3000, abs=1)]
    assert (pending[0].period.start, pending[0].period.end) == (middle, end)
    assert (ended.status, ended.ended_at) == ("canceled", middle)
    assert shop.invoices(subscription)[0].total == pending[0].amount
    assert api.customers.retrieve(subscription.customer).balance == pending[0].amount


def test_taking_the_date_back_charges_the_time_again(api, shop):
    subscription = shop.buy(quantity=3)
    start, end = period(subscription)

    api.subscriptions.update(subscription.id, {"cancel_at": (start + end) // 2})
    kept = api.subscriptions.update(subscription.id, {"cancel_at": ""})

    pending = api.invoice_items.list({"customer": subscription.customer, "pending": True}).data
    assert kept.cancel_at is None
    assert sum(item.amount for item in pending) == 0
    assert len(pending) == 2


def test_moving_the_date_settles_the_difference(api, shop):
    subscription = shop.buy(quantity=3)
    start, end = period(subscription)
    third = (end - start) // 3

    api.subscriptions.update(subscription.id, {"cancel_at": start + 2 * third})
    api.subscriptions.update(subscription.id, {"cancel_at": start + third})

    pending = api.invoice_items.list({"customer": subscription.customer, "pending": True}).data
    assert sum(item.amount for item in pending) == pytest.approx(-4000, abs=2)


def test_seats_bought_before_the_end_cost_only_until_then(api, shop):
    subscription = shop.buy(quantity=3)
    start, end = period(subscription)
    api.subscriptions.update(subscription.id, {"cancel_at": (start + end) // 2})

    shop.seats(subscription, 4)

    amounts = [item.amount for item in api.invoice_items.list({"customer": subscription.customer}).data]
    assert sum(amounts) == pytest.approx(-3000 + 1000, abs=3)


def test_without_proration_a_date_credits_nothing(api, shop):
    subscription = shop.buy(quantity=3)
    start, end = period(subscription)

    api.subscriptions.update(subscription.id, {"cancel_at": (start + end) // 2, "proration_behavior": "none"})
    api.subscriptions.update(subscription.id, {"cancel_at": ""})

    assert api.invoice_items.list({"customer": subscription.customer}).data == []


def test_a_date_in_a_later_period_shortens_that_one(api, shop):
    subscription = shop.buy(quantity=3)
    end = period(subscription)[1]

    api.subscriptions.update(subscription.id, {"cancel_at": end + 10 * DAY})
    shop.wait(31.2)
    renewal = shop.invoices(subscription)[0]
    shop.wait(11)

    assert 1900 < renewal.total < 2200
    assert renewal.lines.data[0].period.end == end + 10 * DAY
    assert shop.subscription(subscription.id).status == "canceled"
    assert len(shop.invoices(subscription)) == 2


@pytest.mark.parametrize("word", ["min_period_end", "max_period_end"])
def test_the_periods_end_by_name(api, shop, word):
    subscription = shop.buy()

    ending = api.subscriptions.update(subscription.id, {"cancel_at": word})

    assert (ending.cancel_at, ending.cancel_at_period_end) == (period(subscription)[1], False)


def test_a_subscription_can_be_made_to_end(api, shop):
    customer = shop.customer_with_card()
    cancel_at = shop.world.wall_clock() + 10 * DAY

    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}], "cancel_at": cancel_at}
    )
    shop.wait(11)

    assert 900 < shop.invoices(subscription)[0].total < 1000
    assert shop.subscription(subscription.id).ended_at == cancel_at


def test_canceling_now_forgets_prorations_unless_told_otherwise(api, shop):
    subscription = shop.buy(quantity=3)
    shop.seats(subscription, 7)

    api.subscriptions.cancel(subscription.id)

    assert api.invoice_items.list({"customer": subscription.customer}).data == []
    assert len(shop.invoices(subscription)) == 1
    assert "invoiceitem.deleted" in shop.events()


def test_prorate_without_an_invoice_leaves_the_credit_waiting(api, shop):
    subscription = shop.buy(quantity=3)
    shop.wait(15)

    canceled = api.subscriptions.cancel(subscription.id, {"prorate": True})

    pending = api.invoice_items.list({"customer": subscription.customer, "pending": True}).data
    assert canceled.status == "canceled"
    assert [item.amount for item in pending] == [pytest.approx(-3000, abs=150)]
    assert len(shop.invoices(subscription)) == 1


def test_prorations_are_collected_when_it_ends_as_planned(api, shop):
    subscription = shop.buy(quantity=3)
    api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    shop.seats(subscription, 7)

    shop.wait(32)

    final = shop.invoices(subscription)[0]
    assert shop.subscription(subscription.id).status == "canceled"
    assert (final.status, final.total) == ("paid", pytest.approx(8000, abs=5))


def test_an_unpaid_start_that_is_canceled_expires(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    )

    canceled = api.subscriptions.cancel(subscription.id)

    event = api.events.list({"type": "customer.subscription.*"}).data[0]
    assert (canceled.status, canceled.cancellation_details.reason) == (
        "incomplete_expired",
        "cancellation_requested",
    )
    assert canceled.canceled_at == canceled.ended_at
    assert api.invoices.retrieve(subscription.latest_invoice).status == "void"
    assert event.type == "customer.subscription.updated"
    assert event.data.previous_attributes["status"] == "incomplete"


def test_why_it_ended_is_kept(api, shop):
    subscription = shop.buy()

    api.subscriptions.cancel(
        subscription.id, {"cancellation_details": {"feedback": "unused", "comment": "Too large for us"}}
    )
    later = api.subscriptions.update(subscription.id, {"metadata": {"asked": "yes"}})

    details = later.cancellation_details
    assert (details.feedback, details.comment, details.reason) == (
        "unused",
        "Too large for us",
        "cancellation_requested",
    )
    assert later.metadata.to_dict() == {"asked": "yes"}


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"cancel_at": 1000}, "cancel_at"),
        ({"cancel_at": 4102444800}, "cancel_at"),
        ({"cancel_at": "max_billed_until"}, "cancel_at"),
        ({"cancel_at": 2000000000, "cancel_at_period_end": True}, "cancel_at"),
    ],
)
def test_ends_that_cannot_be_are_refused(api, shop, params, param):
    subscription = shop.buy()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.update(subscription.id, params)

    assert (refused.value.http_status, refused.value.param) == (400, param)
    assert shop.subscription(subscription.id).cancel_at is None
