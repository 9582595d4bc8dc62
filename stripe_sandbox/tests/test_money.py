"""Amounts, prorations, previews."""

import pytest

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.tests.shop import DAY


def tiered(mode, *tiers):
    shown = [{"up_to": up_to, "unit_amount": unit, "flat_amount": flat} for up_to, unit, flat in tiers]
    return {"billing_scheme": "tiered", "tiers_mode": mode, "tiers": shown}


@pytest.mark.parametrize(
    ("price", "quantity", "expected"),
    [
        ({"billing_scheme": "per_unit", "unit_amount": 2900}, 3, 8700),
        ({"billing_scheme": "per_unit", "unit_amount_decimal": "0.5"}, 5, 3),
        (
            {
                "billing_scheme": "per_unit",
                "unit_amount": 1000,
                "transform_quantity": {"divide_by": 5, "round": "up"},
            },
            11,
            3000,
        ),
        (
            {
                "billing_scheme": "per_unit",
                "unit_amount": 1000,
                "transform_quantity": {"divide_by": 5, "round": "down"},
            },
            11,
            2000,
        ),
        (tiered("graduated", (10, 2000, None), (None, 1600, None)), 12, 23200),
        (tiered("volume", (10, 2000, None), (None, 1600, None)), 12, 19200),
        (tiered("graduated", (1, None, 5000), (None, 900, None)), 3, 6800),
    ],
    ids=["per unit", "half a cent", "packages up", "packages down", "graduated", "volume", "flat fee first"],
)
def test_what_a_quantity_costs(price, quantity, expected):
    assert money.amount(price, quantity) == expected


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (2900, "usd", "$29.00"),
        (1000, "jpy", "¥1,000"),
        (-150, "eur", "-€1.50"),
        (9200, "kwd", "KWD 9.200"),
        (50000, "ugx", "UGX 500.00"),
    ],
)
def test_amounts_are_shown_in_their_currency(minor, currency, words):
    assert money.display(minor, currency) == words


def test_a_seat_change_is_prorated_by_the_second(shop):
    subscription = shop.buy("pro-month", 3)
    start, end = (subscription["items"].data[0][f"current_period_{edge}"] for edge in ("start", "end"))
    at = start + 10 * DAY

    shop.seats(subscription, 7, proration_date=at, proration_behavior="always_invoice")

    lines = shop.invoices(subscription)[0].lines.data
    left = end - at
    assert [line.amount for line in lines] == [
        -money.share(6000, left, end - start),
        money.share(14000, left, end - start),
    ]
    assert all(line.parent.subscription_item_details.proration for line in lines)


@pytest.mark.parametrize("behavior", ["create_prorations", "always_invoice", "none"])
def test_the_preview_is_the_invoice_that_follows(api, shop, behavior):
    subscription = shop.buy("pro-month", 3)
    shop.wait(10)
    change = {
        "items": [{"id": subscription["items"].data[0].id, "quantity": 12}],
        "proration_behavior": behavior,
    }
    at_once = behavior == "always_invoice"

    preview = api.invoices.create_preview({"subscription": subscription.id, "subscription_details": change})
    api.subscriptions.update(subscription.id, change)
    shop.wait(0 if at_once else 22)

    invoice = shop.invoices(subscription)[0]
    assert preview.total == invoice.total
    assert preview.total == sum(line.amount for line in invoice.lines.data)


def test_a_preview_changes_nothing(api, shop):
    subscription = shop.buy("pro-month", 3)
    before = len(shop.events())
    item = subscription["items"].data[0].id

    api.invoices.create_preview(
        {"subscription": subscription.id, "subscription_details": {"items": [{"id": item, "quantity": 9}]}}
    )

    assert shop.subscription(subscription.id)["items"].data[0].quantity == 3
    assert len(shop.events()) == before
    assert api.invoice_items.list({"customer": subscription.customer}).data == []


def test_there_and_back_nets_to_nothing(shop):
    subscription = shop.buy("pro-month", 3)

    shop.seats(subscription, 7)
    shop.seats(subscription, 3)
    shop.wait(32)

    renewal = shop.invoices(subscription)[0]
    prorations = [
        line.amount for line in renewal.lines.data if line.parent.subscription_item_details.proration
    ]
    assert len(prorations) == 4
    assert abs(sum(prorations)) <= 1


def test_a_new_rhythm_bills_at_once_and_credits_the_rest(api, shop):
    subscription = shop.buy("pro-month", 3)
    item = {"id": subscription["items"].data[0].id, "price": shop.price("pro-year")}

    changed = api.subscriptions.update(subscription.id, {"items": [item]})

    invoice = shop.invoices(subscription)[0]
    assert invoice.billing_reason == "subscription_update"
    assert invoice.total == pytest.approx(60000 - 6000, abs=5)
    period = changed["items"].data[0]
    assert period.current_period_end - period.current_period_start in (365 * DAY, 366 * DAY)


def test_what_an_invoice_owes_becomes_credit_for_the_next(api, shop):
    subscription = shop.buy("pro-month", 10)

    shop.seats(subscription, 1, proration_behavior="always_invoice")
    credit = api.customers.retrieve(subscription.customer).balance
    shop.wait(32)

    renewal = shop.invoices(subscription)[0]
    assert credit < 0
    assert (renewal.total, renewal.amount_due, renewal.starting_balance) == (2000, 0, credit)
    assert api.customers.retrieve(subscription.customer).balance == credit + 2000


def test_a_coupon_takes_its_part(api, shop):
    coupon = api.coupons.create({"percent_off": 25, "duration": "once"})
    customer = shop.customer_with_card()

    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("starter-month")}],
            "discounts": [{"coupon": coupon.id}],
        }
    )
    shop.wait(32)

    assert [invoice.total for invoice in shop.invoices(subscription)] == [2900, 2175]


def test_a_promotion_code_is_taken_at_checkout(api, shop):
    coupon = api.coupons.create({"percent_off": 50, "duration": "forever"})
    api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"})
    session = shop.session("starter-month", 1, allow_promotion_codes=True)

    shop.world.complete_checkout(session.id, promotion_code="half")
    shop.wait(32)

    done = api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (done.amount_subtotal, done.amount_total, done.total_details.amount_discount) == (2900, 1450, 1450)
    assert [invoice.total for invoice in shop.invoices(done.subscription)] == [1450, 1450]


def test_a_discounted_seat_is_credited_at_what_was_paid(api, shop):
    coupon = api.coupons.create({"percent_off": 50, "duration": "forever"})
    subscription = shop.buy("pro-month", 2, discounts=[{"coupon": coupon.id}])

    shop.seats(subscription, 1, proration_behavior="always_invoice")

    assert shop.invoices(subscription)[0].total == pytest.approx(-1000, abs=1)


def test_a_short_first_period_costs_its_part(api, shop):
    customer = shop.customer_with_card()
    anchor = shop.world.wall_clock() + 10 * DAY

    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("starter-month")}],
            "billing_cycle_anchor": anchor,
        }
    )

    assert subscription["items"].data[0].current_period_end == anchor
    assert 900 < shop.invoices(subscription)[0].total < 1050


def test_a_free_first_month_gives_nothing_back(api, shop):
    """The coupon is used up by then; what was billed is what can be given back."""
    coupon = api.coupons.create({"percent_off": 100, "duration": "once"})
    subscription = shop.buy("pro-month", 3, discounts=[{"coupon": coupon.id}])
    shop.wait(10)

    api.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})

    assert shop.invoices(subscription)[0].total == 0
    assert api.customers.retrieve(subscription.customer).balance == 0


def test_an_amount_off_is_not_given_back_either(api, shop):
    coupon = api.coupons.create({"amount_off": 1500, "currency": "usd", "duration": "forever"})
    subscription = shop.buy("pro-month", 3, discounts=[{"coupon": coupon.id}])

    api.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})

    assert shop.invoices(subscription)[0].total == pytest.approx(-4500, abs=1)


def test_seats_that_were_added_for_nothing_give_nothing_back(shop):
    subscription = shop.buy("pro-month", 3)
    shop.seats(subscription, 7, proration_behavior="none")

    shop.seats(subscription, 3, proration_behavior="always_invoice")

    assert [line.amount for line in shop.invoices(subscription)[0].lines.data] == [-6000, 6000]
    assert shop.invoices(subscription)[0].total == 0


def test_classic_billing_credits_what_it_would_cost_now(api, shop):
    customer = shop.customer_with_card()
    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("pro-month"), "quantity": 3}],
            "billing_mode": {"type": "classic"},
        }
    )
    shop.seats(subscription, 7, proration_behavior="none")

    shop.seats(subscription, 3, proration_behavior="always_invoice")

    assert shop.invoices(subscription)[0].total == pytest.approx(6000 - 14000, abs=2)
