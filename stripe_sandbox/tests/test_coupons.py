"""Coupons and promotion codes: who may redeem what, and until when."""

import pytest
import stripe

from stripe_sandbox.tests.shop import DAY


@pytest.fixture
def coupon(api):
    return api.coupons.create({"percent_off": 25, "duration": "forever"})


def code_for(api, coupon, **params):
    return api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, **params})


def subscribe(api, shop, customer, **discount):
    items = [{"price": shop.price("starter-month")}]
    return api.subscriptions.create({"customer": customer.id, "items": items, "discounts": [discount]})


def test_a_coupon_is_kept_as_given(api):
    product = api.products.list().data[0].id

    coupon = api.coupons.create(
        {
            "id": "TEAM500",
            "amount_off": 500,
            "currency": "usd",
            "currency_options": {"eur": {"amount_off": 400}},
            "applies_to": {"products": [product]},
            "duration": "repeating",
            "duration_in_months": 3,
            "name": "Team start",
            "max_redemptions": 10,
            "expand": ["applies_to", "currency_options"],
        }
    )

    assert (coupon.id, coupon.valid, coupon.times_redeemed) == ("TEAM500", True, 0)
    assert coupon.applies_to.products == [product]
    assert {word: option.amount_off for word, option in coupon.currency_options.items()} == {
        "usd": 500,
        "eur": 400,
    }
    assert "applies_to" not in api.coupons.retrieve("TEAM500")


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "percent_off"),
        ({"percent_off": 10, "amount_off": 5, "currency": "usd"}, "percent_off"),
        ({"percent_off": 0}, "percent_off"),
        ({"percent_off": 101}, "percent_off"),
        ({"percent_off": "nan"}, "percent_off"),
        ({"amount_off": 5}, "currency"),
        ({"amount_off": 0, "currency": "usd"}, "amount_off"),
        ({"percent_off": 10, "duration": "repeating"}, "duration_in_months"),
        ({"percent_off": 10, "duration": "once", "duration_in_months": 2}, "duration_in_months"),
        ({"percent_off": 10, "max_redemptions": 0}, "max_redemptions"),
        ({"percent_off": 10, "redeem_by": 1}, "redeem_by"),
        ({"percent_off": 10, "applies_to": {"products": ["prod_none"]}}, "applies_to[products]"),
        ({"percent_off": 10, "currency_options": {"eur": {"amount_off": 1}}}, "currency_options"),
        ({"percent_off": 10, "name": "x" * 41}, "name"),
    ],
    ids=str,
)
def test_a_coupon_that_makes_no_sense_is_refused(api, params, param):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.coupons.create(params)

    assert (error.value.http_status, error.value.param) == (400, param)


def test_only_words_of_a_coupon_change(api, coupon, shop):
    api.coupons.update(coupon.id, {"name": "Spring", "metadata": {"by": "ada"}})

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.coupons.update(coupon.id, {"percent_off": 50})

    found = api.coupons.retrieve(coupon.id)
    assert (found.name, found.percent_off, found.metadata["by"]) == ("Spring", 25, "ada")
    assert error.value.code == "parameter_unknown"
    assert shop.events()[-1] == "coupon.updated"


def test_a_coupon_redeemed_often_enough_is_valid_no_more(api, shop):
    coupon = api.coupons.create({"percent_off": 10, "max_redemptions": 1})
    subscribe(api, shop, shop.customer_with_card(), coupon=coupon.id)

    with pytest.raises(stripe.InvalidRequestError) as error:
        subscribe(api, shop, shop.customer_with_card(), coupon=coupon.id)

    found = api.coupons.retrieve(coupon.id)
    assert error.value.code == "coupon_expired"
    assert (found.times_redeemed, found.valid) == (1, False)


def test_a_coupon_ends_on_its_day(api, shop, demo_world):
    coupon = api.coupons.create({"percent_off": 10, "redeem_by": demo_world.wall_clock() + DAY})

    shop.wait(2)

    assert not api.coupons.retrieve(coupon.id).valid


def test_a_deleted_coupon_is_gone_but_its_discounts_run_on(api, shop, coupon):
    subscription = subscribe(api, shop, shop.customer_with_card(), coupon=coupon.id)

    assert api.coupons.delete(coupon.id).deleted
    shop.wait(32)

    invoices = shop.invoices(subscription)
    assert [invoice.total_discount_amounts[0].amount > 0 for invoice in invoices] == [True, True]
    assert api.coupons.list().data == []
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.coupons.retrieve(coupon.id)
    assert (error.value.http_status, error.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError):
        subscribe(api, shop, shop.customer_with_card(), coupon=coupon.id)


def test_the_name_of_a_deleted_coupon_is_free_again(api, coupon):
    api.coupons.delete(coupon.id)

    again = api.coupons.create({"id": coupon.id, "percent_off": 5})

    assert api.coupons.retrieve(coupon.id).percent_off == again.percent_off == 5
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.coupons.create({"id": coupon.id, "percent_off": 5})
    assert error.value.code == "resource_already_exists"


def test_a_new_coupon_of_an_old_name_changes_no_running_discount(api, shop, coupon):
    subscription = subscribe(api, shop, shop.customer_with_card(), coupon=coupon.id)
    api.coupons.delete(coupon.id)
    api.coupons.create({"id": coupon.id, "percent_off": 100})

    shop.wait(32)

    renewal, first = shop.invoices(subscription)
    assert renewal.total_discount_amounts[0].amount == first.total_discount_amounts[0].amount


def test_the_code_of_a_deleted_coupon_is_inactive(api, shop, coupon):
    code = code_for(api, coupon, code="SPRING")

    api.coupons.delete(coupon.id)

    assert not api.promotion_codes.retrieve(code.id).active
    assert refused(api, shop, shop.customer_with_card(), code) == "promotion_code_invalid"


def test_a_code_gives_its_coupon(api, shop, coupon):
    code = code_for(api, coupon, code="SPRING")

    subscription = subscribe(api, shop, shop.customer_with_card(), promotion_code=code.id)

    assert shop.invoices(subscription)[0].total_discount_amounts[0].amount > 0
    assert api.promotion_codes.retrieve(code.id).times_redeemed == 1
    assert api.coupons.retrieve(coupon.id).times_redeemed == 1


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"code": "two words"}, "code"),
        ({"customer": "cus_none"}, "customer"),
        ({"expires_at": 1}, "expires_at"),
        ({"max_redemptions": 0}, "max_redemptions"),
        ({"restrictions": {"minimum_amount": 5}}, "restrictions[minimum_amount_currency]"),
        ({"restrictions": {"minimum_amount_currency": "usd"}}, "restrictions[minimum_amount]"),
        ({"promotion": {"type": "coupon", "coupon": "none"}}, "promotion[coupon]"),
        ({"promotion": {"type": "coupon"}}, "promotion[coupon]"),
    ],
    ids=str,
)
def test_a_code_that_makes_no_sense_is_refused(api, coupon, params, param):
    with pytest.raises(stripe.InvalidRequestError) as error:
        code_for(api, coupon, **params)

    assert (error.value.http_status, error.value.param) == (400, param)


def test_a_code_asks_no_more_than_its_coupon_gives(api):
    coupon = api.coupons.create({"percent_off": 10, "max_redemptions": 3})

    with pytest.raises(stripe.InvalidRequestError) as error:
        code_for(api, coupon, max_redemptions=4)

    assert error.value.param == "max_redemptions"


def test_one_word_leads_to_one_active_code(api, coupon):
    first = code_for(api, coupon, code="SPRING")

    with pytest.raises(stripe.InvalidRequestError) as error:
        code_for(api, coupon, code="spring")
    api.promotion_codes.update(first.id, {"active": False})
    second = code_for(api, coupon, code="spring")
    with pytest.raises(stripe.InvalidRequestError):
        api.promotion_codes.update(first.id, {"active": True})

    assert error.value.param == "code"
    assert [code.id for code in api.promotion_codes.list({"active": True}).data] == [second.id]
    assert len(api.promotion_codes.list({"code": "SPRING"}).data) == 2


def refused(api, shop, customer, code):
    with pytest.raises(stripe.InvalidRequestError) as error:
        subscribe(api, shop, customer, promotion_code=code.id)
    return error.value.code


def test_a_code_for_one_customer_is_nobody_elses(api, shop, coupon):
    owner, other = shop.customer_with_card(), shop.customer_with_card()
    code = code_for(api, coupon, customer=owner.id)

    assert refused(api, shop, other, code) == "promotion_code_invalid"
    assert subscribe(api, shop, owner, promotion_code=code.id).discounts


def test_a_code_for_new_customers_is_refused_to_those_who_bought(api, shop, coupon):
    code = code_for(api, coupon, restrictions={"first_time_transaction": True})
    new, known = shop.customer_with_card(), shop.customer_with_card()
    items = [{"price": shop.price("starter-month")}]
    api.subscriptions.create({"customer": known.id, "items": items})

    assert refused(api, shop, known, code) == "promotion_code_invalid"
    assert subscribe(api, shop, new, promotion_code=code.id).discounts


def test_an_invoice_that_was_never_paid_makes_a_customer_known(api, shop, coupon):
    code = code_for(api, coupon, restrictions={"first_time_transaction": True})
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    items = [{"price": shop.price("starter-month")}]
    api.subscriptions.create({"customer": customer.id, "items": items})

    assert refused(api, shop, customer, code) == "promotion_code_invalid"


def test_a_code_may_ask_for_a_smallest_order(api, shop, coupon):
    amount = api.prices.retrieve(shop.price("starter-month")).unit_amount
    wants = {"minimum_amount_currency": "usd"}
    fits = code_for(api, coupon, restrictions=wants | {"minimum_amount": amount})
    above = code_for(api, coupon, restrictions=wants | {"minimum_amount": amount + 1})

    assert refused(api, shop, shop.customer_with_card(), above) == "promotion_code_invalid"
    assert subscribe(api, shop, shop.customer_with_card(), promotion_code=fits.id).discounts


def test_a_code_that_expired_or_was_spent_is_inactive(api, shop, coupon, demo_world):
    late = code_for(api, coupon, expires_at=demo_world.wall_clock() + DAY)
    spent = code_for(api, coupon, max_redemptions=1)
    subscribe(api, shop, shop.customer_with_card(), promotion_code=spent.id)

    shop.wait(2)

    for code in (late, spent):
        assert not api.promotion_codes.retrieve(code.id).active
        assert refused(api, shop, shop.customer_with_card(), code) == "promotion_code_invalid"
    assert api.promotion_codes.list({"active": True}).data == []


def test_a_spent_code_cannot_be_switched_on_again(api, shop, coupon):
    code = code_for(api, coupon, max_redemptions=1)
    subscribe(api, shop, shop.customer_with_card(), promotion_code=code.id)

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.promotion_codes.update(code.id, {"active": True})

    assert (error.value.http_status, error.value.param) == (400, "active")


def test_the_coupon_behind_a_code_is_shown_when_expanded(api, coupon):
    code = code_for(api, coupon, code="SPRING", expand=["promotion.coupon"])

    assert code.promotion.coupon.percent_off == 25
