"""Previews: every question about a bill that is not there yet, and none of them changes anything."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_sandbox.tests.shop import DAY


@pytest.fixture
def subscription(shop):
    """Pro for three seats, ten days old."""
    found = shop.buy("pro-month", 3)
    shop.wait(10)
    return found


def everything(api: Any, shop: Any, customer: str) -> Any:
    """What there is to see of a customer, to tell whether a preview left a trace."""
    return [
        [str(part) for part in listed.data]
        for listed in (
            api.invoices.list({"customer": customer}),
            api.invoice_items.list({"customer": customer}),
            api.subscriptions.list({"customer": customer}),
            api.customers.list(),
            api.coupons.list(),
        )
    ] + [len(shop.events())]


def test_the_next_renewal_as_it_stands(api, subscription):
    preview = api.invoices.create_preview({"subscription": subscription.id})

    assert preview.id.startswith("upcoming_in")
    assert (preview.status, preview.billing_reason, preview.number) == ("draft", "upcoming", None)
    assert (preview.total, preview.amount_due) == (6_000, 6_000)
    (line,) = preview.lines.data
    assert line.period.start == subscription["items"].data[0].current_period_end


@pytest.mark.parametrize(
    "details",
    [
        {"cancel_now": True},
        {"items": "seats", "proration_behavior": "always_invoice"},
        {"items": "seats"},
        {"items": "year"},
        {"trial_end": "now"},
        {"billing_cycle_anchor": "now"},
    ],
    ids=["cancel now", "seats at once", "seats later", "to the year", "trial end", "anchor now"],
)
def test_no_preview_leaves_a_trace(api, shop, subscription, details):
    before = everything(api, shop, subscription.customer)
    item = subscription["items"].data[0].id
    changes = {
        "seats": [{"id": item, "quantity": 9}],
        "year": [{"id": item, "price": shop.price("pro-year")}],
    }
    if "items" in details:
        details = {**details, "items": changes[details["items"]]}

    preview = api.invoices.create_preview(
        {
            "subscription": subscription.id,
            "subscription_details": details,
            "invoice_items": [{"amount": 50, "currency": "usd"}],
        }
    )

    assert preview.lines.data
    assert everything(api, shop, subscription.customer) == before


def test_cancelling_now_gives_the_unused_time_back(api, shop, subscription):
    wish = {"subscription": subscription.id, "subscription_details": {"cancel_now": True}}
    preview = api.invoices.create_preview(wish)

    api.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})

    assert preview.total == shop.invoices(subscription)[0].total < 0


def test_only_what_recurs(api, shop, subscription):
    shop.seats(subscription, 5)
    wish = {"subscription": subscription.id, "preview_mode": "recurring"}

    preview = api.invoices.create_preview(wish)

    assert [(line.amount, line.quantity) for line in preview.lines.data] == [(10_000, 5)]
    assert api.invoices.create_preview({"subscription": subscription.id}).total > 10_000


def test_an_item_more_on_the_next_bill(api, subscription):
    extra = {"amount": 750, "currency": "usd", "description": "Training"}

    preview = api.invoices.create_preview({"subscription": subscription.id, "invoice_items": [extra]})

    assert preview.total == 6_750
    assert preview.lines.data[0].description == "Training"


def test_a_waiting_item_can_be_previewed_otherwise(api, subscription):
    waiting = api.invoice_items.create({"customer": subscription.customer, "amount": 300, "currency": "usd"})
    other = {"invoiceitem": waiting.id, "amount": 100, "currency": "usd"}

    preview = api.invoices.create_preview({"subscription": subscription.id, "invoice_items": [other]})

    assert preview.total == 6_100
    assert api.invoice_items.retrieve(waiting.id).amount == 300


def test_a_coupon_can_be_tried(api, subscription):
    coupon = api.coupons.create({"percent_off": 50, "duration": "once"}).id

    preview = api.invoices.create_preview(
        {"subscription": subscription.id, "discounts": [{"coupon": coupon}]}
    )

    assert (preview.subtotal, preview.total) == (6_000, 3_000)
    assert api.coupons.retrieve(coupon).times_redeemed == 0


def test_a_running_discount_can_be_left_out(api, shop):
    coupon = api.coupons.create({"percent_off": 50, "duration": "forever"}).id
    subscription = shop.buy("pro-month", 3, discounts=[{"coupon": coupon}])

    totals = [
        api.invoices.create_preview({"subscription": subscription.id, **wish}).total
        for wish in ({}, {"discounts": ""})
    ]

    assert totals == [3_000, 6_000]


def test_a_subscription_that_is_not_there_yet(api, shop):
    customer = shop.customer_with_card()
    items = [{"price": shop.price("pro-month"), "quantity": 4}]

    preview = api.invoices.create_preview({"customer": customer.id, "subscription_details": {"items": items}})
    created = api.subscriptions.create({"customer": customer.id, "items": items})

    assert preview.total == shop.invoices(created)[0].total == 8_000


def test_the_customers_next_bill_of_all(api, shop):
    customer = shop.customer_with_card()
    for price, anchor in (("starter-month", 20), ("pro-month", 5)):
        moment = shop.world.wall_clock() + anchor * DAY
        given = {"items": [{"price": shop.price(price)}], "billing_cycle_anchor": moment}
        api.subscriptions.create({"customer": customer.id, "proration_behavior": "none", **given})

    assert api.invoices.create_preview({"customer": customer.id}).total == 2_000


def test_items_without_any_subscription(api, shop):
    customer = shop.customer_with_card()

    preview = api.invoices.create_preview(
        {"customer": customer.id, "invoice_items": [{"unit_amount": 250, "quantity": 3, "currency": "usd"}]}
    )

    assert (preview.total, preview.parent) == (750, None)


def test_nothing_comes_for_who_bought_nothing(api, shop):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.invoices.create_preview({"customer": shop.customer().id})

    assert caught.value.code == "invoice_upcoming_none"


@pytest.mark.parametrize("ending", ["canceled", "at period end"])
def test_nothing_comes_after_the_end(api, subscription, ending):
    if ending == "canceled":
        api.subscriptions.cancel(subscription.id)
    else:
        api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})

    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.invoices.create_preview({"subscription": subscription.id})

    assert caught.value.code == "invoice_upcoming_none"


def test_a_scheduled_downgrade_is_on_its_next_bill(api, shop, subscription):
    schedule = api.subscription_schedules.create({"from_subscription": subscription.id})
    phase = schedule.phases[0]
    now = {"items": [{"price": shop.price("pro-month"), "quantity": 3}], "start_date": phase.start_date}
    phases = [
        {**now, "end_date": phase.end_date},
        {"items": [{"price": shop.price("starter-month"), "quantity": 1}]},
    ]
    api.subscription_schedules.update(schedule.id, {"phases": phases})

    preview = api.invoices.create_preview({"schedule": schedule.id})
    shop.wait(23)

    assert preview.total == shop.invoices(subscription)[0].total == 2_900


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "customer"),
        ({"customer": "cus_none"}, "customer"),
        ({"subscription": "sub_none"}, "subscription"),
        ({"schedule": "sub_sched_none"}, "schedule"),
    ],
)
def test_bad_questions_are_named(api, shop, params, param):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.invoices.create_preview(params)

    assert (caught.value.http_status, caught.value.param) == (400, param)


def test_all_lines_are_shown_at_once(api, shop, subscription):
    extra = [{"amount": number, "currency": "usd"} for number in range(1, 15)]

    preview = api.invoices.create_preview({"subscription": subscription.id, "invoice_items": extra})

    assert (len(preview.lines.data), preview.lines.has_more) == (15, False)


def test_a_preview_says_for_which_moment_it_prorates_and_the_update_charges_the_same(api, shop, subscription):
    item = subscription["items"].data[0].id
    change = {"items": [{"id": item, "quantity": 7}], "proration_behavior": "always_invoice"}
    preview = api.invoices.create_preview(
        {"subscription": subscription.id, "subscription_details": dict(change)}
    )
    moment = preview.parent.subscription_details.subscription_proration_date
    shop.wait(0.5)

    changed = api.subscriptions.update(subscription.id, {**change, "proration_date": moment})

    assert moment == pytest.approx(shop.world.wall_clock() - DAY / 2, abs=10)
    assert api.invoices.retrieve(changed.latest_invoice).amount_paid == preview.amount_due


def test_a_preview_without_prorations_names_no_moment(api, subscription):
    preview = api.invoices.create_preview({"subscription": subscription.id})

    assert "subscription_proration_date" not in preview.parent.subscription_details.to_dict()


def test_of_one_that_ends_with_its_period_what_waits_comes_alone(api, shop):
    subscription = shop.buy(quantity=3)
    api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    shop.seats(subscription, 7)

    preview = api.invoices.create_preview({"subscription": subscription.id})
    shop.wait(32)

    assert preview.total == shop.invoices(subscription)[0].total
    assert preview.id.startswith("upcoming_")
