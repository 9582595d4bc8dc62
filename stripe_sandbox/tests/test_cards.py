"""Test cards and the payment methods made of them."""

import pytest
import stripe

from stripe_sandbox.billing.payments.card_numbers import CARDS
from stripe_sandbox.billing.payments.cards import luhn


def card(api, number="4242424242424242", **params):
    details = {"number": number, "exp_month": 12, "exp_year": 2034, "cvc": "123"}
    return api.payment_methods.create({"type": "card", "card": details | params})


@pytest.mark.parametrize(
    ("token", "brand", "funding", "country", "last4"),
    [
        ("pm_card_visa", "visa", "credit", "US", "4242"),
        ("pm_card_visa_debit", "visa", "debit", "US", "5556"),
        ("pm_card_mastercard_prepaid", "mastercard", "prepaid", "US", "5100"),
        ("pm_card_amex", "amex", "credit", "US", "0005"),
        ("pm_card_jcb", "jcb", "credit", "JP", "0505"),
        ("pm_card_unionpay", "unionpay", "credit", "CN", "0005"),
        ("pm_card_de", "visa", "credit", "DE", "0016"),
        ("pm_card_gb", "visa", "credit", "GB", "0000"),
    ],
)
def test_a_token_is_a_card_of_its_brand_and_country(api, shop, token, brand, funding, country, last4):
    made = api.payment_methods.attach(token, {"customer": shop.customer().id}).card

    assert (made.brand, made.funding, made.country, made.last4) == (brand, funding, country, last4)


def test_each_test_card_has_a_number_with_a_right_check_digit():
    assert [number for number in CARDS if not luhn(number)] == []


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"number": "4242424242424241"}, "incorrect_number", "number"),
        ({"number": "42"}, "incorrect_number", "number"),
        ({"number": "٤٢٤٢"}, "incorrect_number", "number"),
        ({"exp_month": 13}, "invalid_expiry_month", "exp_month"),
        ({"exp_month": "May"}, "invalid_expiry_month", "exp_month"),
        ({"exp_year": 2020}, "invalid_expiry_year", "exp_year"),
        ({"exp_year": "soon"}, "invalid_expiry_year", "exp_year"),
        ({"cvc": "12"}, "invalid_cvc", "cvc"),
        ({"cvc": "abc"}, "invalid_cvc", "cvc"),
    ],
    ids=str,
)
def test_a_card_that_cannot_be_is_refused(api, params, code, param):
    with pytest.raises(stripe.CardError) as error:
        card(api, **params)

    assert (error.value.http_status, error.value.code, error.value.param) == (402, code, param)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "type"),
        ({"type": "card"}, "card"),
        ({"type": "sepa_debit"}, "type"),
        ({"type": "card", "card": "4242"}, "card"),
        ({"type": "card", "card": {"number": "4242424242424242"}}, "card[exp_month]"),
        ({"type": "card", "card": {"token": "tok_none"}}, "card[token]"),
    ],
    ids=str,
)
def test_a_payment_method_without_a_card_is_refused(api, params, param):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.payment_methods.create(params)

    assert (error.value.http_status, error.value.param) == (400, param)


def test_a_security_code_may_begin_with_zero(api):
    assert card(api, cvc="012").card.last4 == "4242"


def test_a_year_of_two_digits_is_of_this_century(api):
    assert card(api, exp_year=34).card.exp_year == 2034


def test_the_same_number_has_the_same_fingerprint(api):
    first, again, other = (
        card(api, number).card.fingerprint
        for number in ("4242424242424242", "4242 4242 4242 4242", "5555555555554444")
    )

    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("token", "check"),
    [
        ("pm_card_cvcCheckFail", {"cvc_check": "fail"}),
        ("pm_card_avsZipFail", {"address_postal_code_check": "fail"}),
    ],
)
def test_checks_may_fail_while_the_card_pays(api, token, check):
    made = api.payment_methods.create({"type": "card", "card": {"token": token.replace("pm_card", "tok")}})

    assert made.card.checks.to_dict().items() >= check.items()


def test_a_card_goes_to_one_customer_once(api, shop):
    customer, other = shop.customer(), shop.customer()
    kept = api.payment_methods.attach("pm_card_visa", {"customer": customer.id})

    again = api.payment_methods.attach(kept.id, {"customer": customer.id})
    with pytest.raises(stripe.InvalidRequestError):
        api.payment_methods.attach(kept.id, {"customer": other.id})

    assert again.customer == customer.id
    assert shop.events().count("payment_method.attached") == 1


def test_a_declined_card_is_not_kept(api, shop):
    customer = shop.customer()

    with pytest.raises(stripe.CardError) as error:
        api.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer.id})

    assert (error.value.code, error.value.error.decline_code) == ("card_declined", "generic_decline")
    assert api.customers.payment_methods.list(customer.id).data == []


def test_expiry_and_address_of_a_kept_card_can_change(api, shop):
    kept = api.payment_methods.attach("pm_card_visa", {"customer": shop.customer().id})

    changed = api.payment_methods.update(
        kept.id,
        {
            "allow_redisplay": "always",
            "billing_details": {"name": "Ada", "address": {"city": "Berlin"}},
            "card": {"exp_month": 1, "exp_year": 2040},
            "metadata": {"team": "7"},
        },
    )
    api.payment_methods.update(kept.id, {"billing_details": {"address": {"country": "DE"}}})

    found = api.payment_methods.retrieve(kept.id)
    assert (changed.card.exp_month, changed.card.exp_year, changed.allow_redisplay) == (1, 2040, "always")
    assert (found.billing_details.name, found.billing_details.address.city) == ("Ada", "Berlin")
    assert (found.billing_details.address.country, found.metadata["team"]) == ("DE", "7")
    assert shop.events()[-1] == "payment_method.updated"


def test_a_loose_card_cannot_be_changed(api):
    loose = card(api)

    with pytest.raises(stripe.InvalidRequestError):
        api.payment_methods.update(loose.id, {"metadata": {"a": "b"}})


def test_a_detached_card_is_nobodys_default_and_cannot_come_back(api, shop):
    subscription = shop.buy()
    kept = api.customers.payment_methods.list(subscription.customer).data[0]
    api.customers.update(subscription.customer, {"invoice_settings": {"default_payment_method": kept.id}})

    gone = api.payment_methods.detach(kept.id)

    assert gone.customer is None
    assert shop.subscription(subscription.id).default_payment_method is None
    customer = api.customers.retrieve(subscription.customer)
    assert customer.invoice_settings.default_payment_method is None
    for doing in (
        lambda: api.payment_methods.attach(kept.id, {"customer": subscription.customer}),
        lambda: api.payment_methods.detach(kept.id),
    ):
        with pytest.raises(stripe.InvalidRequestError):
            doing()


def test_only_a_customers_own_card_becomes_the_default(api, shop):
    customer, other = shop.customer(), shop.customer_with_card()
    theirs = api.customers.retrieve(other.id).invoice_settings.default_payment_method

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.update(customer.id, {"invoice_settings": {"default_payment_method": theirs}})

    assert error.value.param == "invoice_settings[default_payment_method]"


def test_cards_are_listed_by_customer(api, shop):
    customer = shop.customer()
    kept = [api.payment_methods.attach("pm_card_visa", {"customer": customer.id}).id for _ in range(3)]
    shop.customer_with_card()

    listed = api.payment_methods.list({"customer": customer.id, "type": "card"}).data
    own = api.customers.payment_methods.list(customer.id, {"limit": 2})
    one = api.customers.payment_methods.retrieve(customer.id, kept[0])

    assert [found.id for found in listed] == kept[::-1]
    assert ([found.id for found in own.data], own.has_more) == (kept[:0:-1], True)
    assert one.id == kept[0]


def test_too_risky_a_card_is_blocked_before_the_bank_is_asked(api, shop):
    customer = shop.customer_with_card("pm_card_radarBlock")
    api.subscriptions.create({"customer": customer.id, "items": [{"price": shop.price("starter-month")}]})

    outcome = api.charges.list({"customer": customer.id}).data[0].outcome

    assert (outcome.type, outcome.network_status, outcome.risk_level) == (
        "blocked",
        "not_sent_to_network",
        "highest",
    )
