"""Several plans and add-ons: items of one subscription, and several subscriptions of one customer."""

import pytest
import stripe

from stripe_sandbox.tests.shop import DAY, refused


@pytest.fixture
def addon(api):
    """A monthly add-on of $5."""
    product = api.products.create({"name": "Backups"})
    return api.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
        }
    ).id


def price_in(api, currency="usd", interval="month", **more):
    product = api.products.create({"name": f"Plan in {currency}"})
    return api.prices.create(
        {
            "product": product.id,
            "currency": currency,
            "unit_amount": 700,
            "recurring": {"interval": interval},
            **more,
        }
    ).id


def test_an_add_on_is_prorated_and_renews_with_the_plan(api, shop, addon):
    subscription = shop.buy(quantity=3)
    shop.wait(15)

    item = api.subscription_items.create(
        {"subscription": subscription.id, "price": addon, "quantity": 2, "metadata": {"by": "sales"}}
    )
    shop.wait(17)

    lines = shop.invoices(subscription)[0].lines.data
    first = subscription["items"].data[0]
    assert item.current_period_end == first.current_period_end
    assert item.metadata.to_dict() == {"by": "sales"}
    assert sorted(line.amount for line in lines)[-2:] == [1000, 6000]
    assert 450 < min(line.amount for line in lines) < 550
    assert len(shop.subscription(subscription.id)["items"].data) == 2


def test_an_add_on_goes_and_its_rest_is_credited(api, shop, addon):
    subscription = shop.buy(quantity=3)
    item = api.subscription_items.create({"subscription": subscription.id, "price": addon})

    gone = api.subscription_items.delete(item.id)

    pending = api.invoice_items.list({"customer": subscription.customer, "pending": True}).data
    assert gone.deleted
    assert [one.amount for one in pending] == [pytest.approx(-500, abs=1), pytest.approx(500, abs=1)]
    assert len(shop.subscription(subscription.id)["items"].data) == 1


def test_an_item_is_changed_by_its_own_route(api, shop):
    subscription = shop.buy(quantity=3)
    item = subscription["items"].data[0].id

    changed = api.subscription_items.update(item, {"quantity": 5, "metadata": {"team": "large"}})

    assert (changed.quantity, changed.metadata.to_dict()) == (5, {"team": "large"})
    assert api.subscription_items.retrieve(item).quantity == 5
    assert [one.id for one in api.subscription_items.list({"subscription": subscription.id}).data] == [item]


def test_an_empty_value_takes_metadata_of_an_item_away(api, shop):
    subscription = shop.buy(quantity=3)
    item = subscription["items"].data[0].id
    api.subscription_items.update(item, {"metadata": {"team": "large", "by": "sales"}})

    changed = api.subscriptions.update(
        subscription.id, {"items": [{"id": item, "metadata": {"team": "", "new": ""}}]}
    )

    assert changed["items"].data[0].metadata.to_dict() == {"by": "sales"}


def test_plan_and_add_on_change_in_one_update(api, shop, addon):
    subscription = shop.buy("starter-month", quantity=1)
    item = subscription["items"].data[0].id

    changed = api.subscriptions.update(
        subscription.id,
        {
            "items": [
                {"id": item, "price": shop.price("pro-month"), "quantity": 4},
                {"price": addon},
            ],
            "proration_behavior": "always_invoice",
        },
    )

    assert {(one.price.id, one.quantity) for one in changed["items"].data} == {
        (shop.price("pro-month"), 4),
        (addon, 1),
    }
    assert shop.invoices(subscription)[0].total == pytest.approx(8000 - 2900 + 500, abs=3)


def test_a_price_can_be_described_on_the_spot(api, shop):
    product = api.products.create({"name": "Custom"})
    customer = shop.customer_with_card()
    described = {
        "currency": "usd",
        "product": product.id,
        "unit_amount": 1234,
        "recurring": {"interval": "month", "interval_count": 3},
    }

    subscription = api.subscriptions.create({"customer": customer.id, "items": [{"price_data": described}]})

    item = subscription["items"].data[0]
    assert (item.price.unit_amount, item.price.recurring.interval_count) == (1234, 3)
    assert 89 * DAY < item.current_period_end - item.current_period_start < 93 * DAY


def test_one_off_items_go_onto_the_first_invoice(api, shop):
    product = api.products.create({"name": "Setup"})
    fee = api.prices.create({"product": product.id, "currency": "usd", "unit_amount": 9900}).id
    customer = shop.customer_with_card()

    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("starter-month")}],
            "add_invoice_items": [{"price": fee, "quantity": 1}],
        }
    )

    assert shop.invoices(subscription)[0].total == 2900 + 9900


def test_one_off_items_of_an_update_wait_for_the_next_invoice(api, shop):
    product = api.products.create({"name": "Training"})
    fee = api.prices.create({"product": product.id, "currency": "usd", "unit_amount": 5000}).id
    subscription = shop.buy(quantity=3)

    api.subscriptions.update(
        subscription.id,
        {"add_invoice_items": [{"price": fee}], "proration_behavior": "always_invoice"},
    )
    waiting = len(shop.invoices(subscription))
    shop.wait(31.2)

    assert waiting == 1
    assert shop.invoices(subscription)[0].total == 6000 + 5000


def test_two_subscriptions_of_a_customer_live_apart(api, shop, addon):
    first = shop.buy(quantity=3)
    second = api.subscriptions.create(
        {
            "customer": first.customer,
            "items": [{"price": addon}],
            "default_payment_method": first.default_payment_method
            or api.payment_methods.list({"customer": first.customer}).data[0].id,
        }
    )

    shop.seats(first, 4)
    api.subscriptions.cancel(first.id)
    shop.wait(31.2)

    assert shop.subscription(second.id).status == "active"
    assert [invoice.total for invoice in shop.invoices(second)] == [500, 500]
    assert [invoice.total for invoice in shop.invoices(first)] == [6000]


def test_items_that_cannot_stand_together_are_refused(api, shop, addon):
    subscription = shop.buy(quantity=3)
    item = subscription["items"].data[0]
    update, create = api.subscriptions.update, api.subscription_items.create

    def add(**params):
        return refused(create, {"subscription": subscription.id, **params})

    assert add(price=item.price.id) == (400, "items[0][price]")
    assert add(price=price_in(api, "eur")) == (400, "items[0][price]")
    assert add(price=shop.price("pro-year")) == (400, "items[0][price]")
    assert add(price="price_none") == (400, "items[0][price]")
    assert add(price=addon, quantity=-1) == (400, "items[0][quantity]")
    assert add() == (400, "price")
    assert refused(api.subscription_items.delete, item.id) == (400, "items")
    assert refused(api.subscription_items.retrieve, "si_none")[0] == 404
    assert refused(update, subscription.id, {"items": [{"id": "si_none", "quantity": 2}]}) == (
        400,
        "items[0][id]",
    )
    assert refused(update, subscription.id, {"items": [{"deleted": True, "price": addon}]}) == (
        400,
        "items[0][id]",
    )
    assert shop.subscription(subscription.id)["items"].data[0].quantity == 3


def test_two_items_cannot_come_to_the_same_price(api, shop, addon):
    subscription = shop.buy(quantity=3)
    item = api.subscription_items.create({"subscription": subscription.id, "price": addon})

    same = {"items": [{"id": item.id, "price": shop.price("pro-month")}]}

    assert refused(api.subscriptions.update, subscription.id, same) == (400, "items")


def test_there_are_at_most_twenty_items(api, shop):
    customer = shop.customer_with_card()
    product = api.products.create({"name": "Parts"})
    items = [
        {
            "price_data": {
                "currency": "usd",
                "product": product.id,
                "unit_amount": 100 + number,
                "recurring": {"interval": "month"},
            }
        }
        for number in range(21)
    ]

    assert refused(api.subscriptions.create, {"customer": customer.id, "items": items}) == (400, "items")
    made = api.subscriptions.create({"customer": customer.id, "items": items[:20]})
    assert len(made["items"].data) == 20


def test_a_customer_is_billed_in_one_currency(api, shop):
    subscription = shop.buy()
    euro = {"customer": subscription.customer, "items": [{"price": price_in(api, "eur")}]}

    status, _ = refused(api.subscriptions.create, euro)

    assert status == 400


def test_what_is_needed_to_begin(api, shop):
    customer = shop.customer_with_card().id
    one_time = api.prices.create(
        {
            "product": api.products.create({"name": "Once"}).id,
            "currency": "usd",
            "unit_amount": 100,
        }
    ).id
    asleep = price_in(api, active=False)
    items = [{"price": shop.price("pro-month")}]
    create = api.subscriptions.create

    assert refused(create, {"items": items}) == (400, "customer")
    assert refused(create, {"customer": "cus_none", "items": items}) == (400, "customer")
    assert refused(create, {"customer": customer}) == (400, "items")
    assert refused(create, {"customer": customer, "items": [{"quantity": 1}]}) == (400, "items[0][price]")
    assert refused(create, {"customer": customer, "items": [{"price": one_time}]})[1] == "items[0][price]"
    assert refused(create, {"customer": customer, "items": [{"price": asleep}]})[1] == "items[0][price]"
    assert refused(create, {"customer": customer, "items": items, "currency": "eur"})[1] == "currency"
    assert refused(create, {"customer": customer, "items": items, "default_payment_method": "pm_none"}) == (
        400,
        "default_payment_method",
    )
    assert refused(create, {"customer": customer, "items": items, "transfer_data": {"destination": "a"}}) == (
        400,
        "transfer_data",
    )
    assert api.subscriptions.list({"customer": customer, "status": "all"}).data == []


def test_an_unpaid_start_takes_no_new_plan(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("pro-month")}]}
    )

    named = api.subscriptions.update(subscription.id, {"metadata": {"a": "b"}})

    assert named.metadata.to_dict() == {"a": "b"}
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.seats(subscription, 5)
    assert (error.value.http_status, error.value.param) == (400, "items")
