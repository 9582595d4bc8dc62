"""Discounts: for how long, on what, in which order, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

MONTH = 31


def coupon(api: Any, **params: Any) -> dict[str, str]:
    return {"coupon": api.coupons.create({"duration": "forever", **params}).id}


@pytest.fixture
def subscribe(api, shop):
    """Pro for three seats, 60 dollars a month."""

    def begin(*discounts: dict[str, str], **params: Any) -> Any:
        items = params.pop("items", [{"price": shop.price("pro-month"), "quantity": 3}])
        given = {"customer": shop.customer_with_card().id, "items": items, "discounts": list(discounts)}
        return api.subscriptions.create(given | params)

    return begin


def totals(shop: Any, subscription: Any) -> list[int]:
    """Oldest first."""
    return [invoice.total for invoice in reversed(shop.invoices(subscription))]


def discount_events(shop: Any) -> list[str]:
    return [type for type in shop.events() if type.startswith("customer.discount")]


def test_once_is_used_up_by_the_first_invoice(api, shop, subscribe):
    subscription = subscribe(coupon(api, percent_off=25, duration="once"))

    shop.wait(MONTH + 1)

    assert subscription.discounts == []
    assert totals(shop, subscription) == [4_500, 6_000]
    assert discount_events(shop) == ["customer.discount.created", "customer.discount.deleted"]


def test_once_waits_for_the_end_of_a_trial(api, shop, subscribe):
    subscription = subscribe(coupon(api, percent_off=25, duration="once"), trial_period_days=7)
    assert len(subscription.discounts) == 1

    shop.wait(8)

    assert totals(shop, subscription) == [0, 4_500]
    assert shop.subscription(subscription.id).discounts == []


def test_repeating_counts_by_months_and_then_leaves(api, shop, subscribe):
    subscription = subscribe(
        coupon(api, amount_off=1_000, currency="usd", duration="repeating", duration_in_months=2)
    )

    for _ in range(3):
        shop.wait(MONTH)

    assert totals(shop, subscription) == [5_000, 5_000, 6_000, 6_000]
    assert shop.subscription(subscription.id).discounts == []
    assert discount_events(shop) == ["customer.discount.created", "customer.discount.deleted"]


def test_a_discount_says_what_it_came_of(api, subscribe):
    terms = coupon(api, percent_off=10, duration="repeating", duration_in_months=3)

    created = subscribe(terms)
    (discount,) = api.subscriptions.retrieve(created.id, {"expand": ["discounts"]}).discounts

    assert discount.id.startswith("di_")
    assert (discount.source.type, discount.source.coupon) == ("coupon", terms["coupon"])
    assert (discount.subscription, discount.customer) == (created.id, created.customer)
    assert discount.end > discount.start == created.created


def test_forever_and_once_have_no_end_date(api, subscribe):
    created = subscribe(coupon(api, percent_off=10))

    (discount,) = api.subscriptions.retrieve(created.id, {"expand": ["discounts"]}).discounts

    assert discount.end is None


@pytest.mark.parametrize(("first", "total"), [("amount", 4_000), ("percent", 3_800)])
def test_several_discounts_apply_one_after_the_other(api, shop, subscribe, first, total):
    """Of 60 dollars: 10 and then 20 % of the rest, or 20 % and then 10, as the order says."""
    amount = coupon(api, amount_off=1_000, currency="usd")
    percent = coupon(api, percent_off=20)
    order = (amount, percent) if first == "amount" else (percent, amount)

    subscription = subscribe(*order)

    assert totals(shop, subscription) == [total]
    assert len(shop.invoices(subscription)[0].total_discount_amounts) == 2


def test_an_amount_off_takes_no_more_than_there_is(api, shop, subscribe):
    subscription = subscribe(coupon(api, amount_off=99_900, currency="usd"))

    invoice = shop.invoices(subscription)[0]
    assert (invoice.subtotal, invoice.total, invoice.status) == (6_000, 0, "paid")
    assert invoice.total_discount_amounts[0].amount == 6_000
    assert subscription.status == "active"


def test_an_amount_off_is_spread_over_the_lines(api, shop, subscribe):
    items = [{"price": shop.price("pro-month"), "quantity": 1}, {"price": shop.price("starter-month")}]

    subscription = subscribe(coupon(api, amount_off=1_000, currency="usd"), items=items)

    invoice = shop.invoices(subscription)[0]
    parts = [[part.amount for part in line.discount_amounts] for line in invoice.lines.data]
    assert [line.amount for line in invoice.lines.data] == [2_000, 2_900]
    assert parts == [[408], [592]]
    assert invoice.subtotal == 4_900


def test_a_coupon_for_one_product_leaves_the_others_alone(api, shop, subscribe):
    starter = api.prices.retrieve(shop.price("starter-month"))
    terms = coupon(api, percent_off=50, applies_to={"products": [starter.product]})
    items = [{"price": shop.price("pro-month"), "quantity": 1}, {"price": starter.id}]

    subscription = subscribe(terms, items=items)

    lines = shop.invoices(subscription)[0].lines.data
    assert [sum(part.amount for part in line.discount_amounts) for line in lines] == [0, 1_450]


def test_an_items_discount_is_in_the_subtotal_already(api, shop, subscribe):
    own = coupon(api, percent_off=50)
    items = [
        {"price": shop.price("pro-month"), "quantity": 1, "discounts": [own]},
        {"price": shop.price("starter-month")},
    ]

    subscription = subscribe(coupon(api, percent_off=10), items=items)

    invoice = shop.invoices(subscription)[0]
    assert (invoice.subtotal, invoice.total) == (1_000 + 2_900, 900 + 2_610)
    own_discount, general = invoice.lines.data[0].discounts[0], invoice.discounts[0]
    taken = {part.discount: part.amount for part in invoice.lines.data[0].discount_amounts}
    assert taken == {own_discount: 1_000, general: 100}


def test_an_invoice_may_have_a_discount_of_its_own(api, shop):
    customer = shop.customer_with_card()
    invoice = api.invoices.create({"customer": customer.id})
    api.invoice_items.create({"customer": customer.id, "invoice": invoice.id, "amount": 4_000})
    terms = coupon(api, percent_off=25)

    changed = api.invoices.update(invoice.id, {"discounts": [terms]})

    assert (changed.subtotal, changed.total) == (4_000, 3_000)
    assert discount_events(shop) == []
    assert api.invoices.update(invoice.id, {"discounts": ""}).total == 4_000


def test_new_discounts_replace_the_old_and_a_named_one_stays(api, shop, subscribe):
    subscription = subscribe(coupon(api, percent_off=10), coupon(api, percent_off=20))
    kept = subscription.discounts[1]

    changed = api.subscriptions.update(
        subscription.id, {"discounts": [{"discount": kept}, coupon(api, percent_off=5)]}
    )

    assert changed.discounts[0] == kept
    assert len(changed.discounts) == 2
    assert discount_events(shop) == ["customer.discount.created"] * 3 + ["customer.discount.deleted"]


def test_a_deleted_coupon_ends_no_running_discount(api, shop, subscribe):
    terms = coupon(api, percent_off=50)
    subscription = subscribe(terms)

    api.coupons.delete(terms["coupon"])
    shop.wait(MONTH + 1)

    assert totals(shop, subscription) == [3_000, 3_000]


def test_a_coupon_in_another_currency_is_refused(api, subscribe):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        subscribe(coupon(api, amount_off=500, currency="eur"))

    assert caught.value.param == "discounts"


def test_a_coupon_may_know_several_currencies(api, shop, subscribe):
    terms = coupon(api, amount_off=500, currency="eur", currency_options={"usd": {"amount_off": 700}})

    assert totals(shop, subscribe(terms)) == [5_300]


def test_fractions_of_a_percent_are_reckoned_exactly(api, shop):
    """A float would make 1.15 % of 1000 an 11.4999..."""
    customer = shop.customer_with_card()
    invoice = api.invoices.create({"customer": customer.id, "discounts": [coupon(api, percent_off=1.15)]})

    line = {"customer": customer.id, "invoice": invoice.id, "amount": 1_000}
    api.invoice_items.create(line)

    assert api.invoices.retrieve(invoice.id).total_discount_amounts[0].amount == 12
