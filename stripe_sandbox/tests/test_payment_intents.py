"""Payment intents: what a shop that charges cards itself sees."""

import pytest
import stripe

CARDS_ONLY = {"payment_method_types": ["card"]}


def paid(api, card="pm_card_visa", amount=2000, **params):
    given = {"amount": amount, "currency": "usd", "payment_method": card, "confirm": True}
    return api.payment_intents.create(given | CARDS_ONLY | params)


def refused(api, card, **params):
    with pytest.raises(stripe.CardError) as error:
        paid(api, card, **params)
    return error.value


def test_a_card_pays_at_once(api, shop):
    intent = paid(api, expand=["latest_charge.balance_transaction"])

    charge = intent.latest_charge
    assert (intent.status, intent.amount_received) == ("succeeded", 2000)
    assert (charge.paid, charge.captured, charge.payment_method_details.card.last4) == (True, True, "4242")
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (88, 1912)
    assert shop.events()[-3:] == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_an_intent_waits_for_a_card_and_for_a_confirmation(api):
    intent = api.payment_intents.create({"amount": 2000, "currency": "usd"} | CARDS_ONLY)

    chosen = api.payment_intents.update(intent.id, {"payment_method": "pm_card_visa"})
    done = api.payment_intents.confirm(intent.id)

    assert [intent.status, chosen.status, done.status] == [
        "requires_payment_method",
        "requires_confirmation",
        "succeeded",
    ]


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ],
)
def test_a_declined_card_is_said_with_the_intent_it_failed(api, card, code, decline_code):
    error = refused(api, card)

    intent = api.payment_intents.retrieve(error.error.payment_intent.id)
    assert (error.http_status, error.code, error.error.decline_code) == (402, code, decline_code)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.decline_code == decline_code
    assert intent.last_payment_error.payment_method.type == "card"
    assert api.charges.retrieve(intent.latest_charge).failure_code == code


def test_after_a_decline_another_card_pays_the_same_intent(api):
    intent_id = refused(api, "pm_card_visa_chargeDeclined").error.payment_intent.id

    intent = api.payment_intents.confirm(intent_id, {"payment_method": "pm_card_visa"})

    assert intent.status == "succeeded"
    assert intent.last_payment_error is None


def test_a_card_that_asks_sends_its_holder_to_a_page_and_back(api, shop):
    back = "https://shop.example/done"

    intent = paid(api, "pm_card_authenticationRequired", return_url=back)

    assert intent.status == "requires_action"
    assert intent.next_action.type == "redirect_to_url"
    assert intent.next_action.redirect_to_url.return_url == back
    assert intent.next_action.redirect_to_url.url.endswith(f"/authenticate/{intent.id}")
    assert shop.events()[-1] == "payment_intent.requires_action"


def test_without_its_holder_a_card_that_asks_is_declined(api, shop):
    customer = shop.customer_with_card("pm_card_authenticationRequired")
    card = api.customers.retrieve(customer.id).invoice_settings.default_payment_method

    error = refused(api, card, customer=customer.id, off_session=True)

    assert error.code == "authentication_required"
    assert error.error.payment_intent.status == "requires_payment_method"


def test_a_card_that_was_set_up_pays_without_its_holder(api, shop):
    customer = shop.customer()
    card = api.payment_methods.attach(
        "pm_card_authenticationRequiredSetupForOffSession", {"customer": customer.id}
    )

    intent = paid(api, card.id, customer=customer.id, off_session=True)

    assert intent.status == "succeeded"


def test_money_is_held_and_a_part_of_it_captured(api, shop):
    held = paid(api, capture_method="manual")

    taken = api.payment_intents.capture(held.id, {"amount_to_capture": 1500})

    charge = api.charges.retrieve(taken.latest_charge)
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 2000, 0)
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 1500)
    assert (charge.captured, charge.amount_captured) == (True, 1500)
    assert shop.events()[-2:] == ["charge.captured", "payment_intent.succeeded"]


def test_held_money_goes_back_when_the_intent_is_canceled(api, shop):
    held = paid(api, capture_method="manual")

    gone = api.payment_intents.cancel(held.id, {"cancellation_reason": "requested_by_customer"})

    assert (gone.status, gone.cancellation_reason) == ("canceled", "requested_by_customer")
    assert api.charges.retrieve(held.latest_charge).refunded
    assert shop.events()[-2:] == ["charge.refunded", "payment_intent.canceled"]


def test_a_card_is_kept_for_later_when_the_payment_says_so(api, shop):
    customer = shop.customer()

    intent = paid(api, customer=customer.id, setup_future_usage="off_session")

    assert api.payment_methods.retrieve(intent.payment_method).customer == customer.id


def test_a_card_that_paid_without_a_customer_cannot_be_kept_afterwards(api, shop):
    intent = paid(api)

    with pytest.raises(stripe.InvalidRequestError):
        api.payment_methods.attach(intent.payment_method, {"customer": shop.customer().id})


def test_a_kept_card_that_fails_later_charges_attaches_but_does_not_pay(api, shop):
    customer = shop.customer()
    card = api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})

    assert refused(api, card.id, customer=customer.id).code == "card_declined"


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"amount": 1234, "currency": "kwd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 500, "currency": "dollars"}, None, "currency"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"payment_method": "pm_none"}, "resource_missing", "payment_method"),
        ({"off_session": True}, None, "off_session"),
        ({"payment_method_types": ["ideal"]}, "payment_intent_invalid_parameter", "payment_method_types"),
        ({"payment_method_options": {"card": "x"}}, None, "card"),
        ({"payment_method_data": {"type": "ideal"}}, None, "payment_method_data[type]"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_cannot_be_charged_is_refused_by_name(api, params, code, param):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.payment_intents.create({"amount": 2000, "currency": "usd"} | params)

    assert (error.value.http_status, error.value.code, error.value.param) == (400, code, param)


def test_a_confirmation_names_the_way_back_where_redirects_are_allowed(api):
    given = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.payment_intents.create(given)

    never = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    assert error.value.param == "return_url"
    assert api.payment_intents.create(given | never).status == "succeeded"


def test_someone_elses_card_is_not_charged(api, shop):
    owner, other = shop.customer_with_card(), shop.customer()
    card = api.customers.retrieve(owner.id).invoice_settings.default_payment_method

    with pytest.raises(stripe.InvalidRequestError) as error:
        paid(api, card, customer=other.id)

    assert error.value.param == "payment_method"


@pytest.mark.parametrize("verb", ["confirm", "capture", "cancel"])
def test_a_paid_intent_is_done(api, verb):
    intent = paid(api)

    with pytest.raises(stripe.InvalidRequestError) as error:
        getattr(api.payment_intents, verb)(intent.id)

    assert error.value.code == "payment_intent_unexpected_state"


def test_the_intent_of_an_invoice_is_not_canceled_by_itself(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    api.subscriptions.create({"customer": customer.id, "items": [{"price": shop.price("starter-month")}]})
    intent = api.payment_intents.list({"customer": customer.id}).data[0]

    with pytest.raises(stripe.InvalidRequestError):
        api.payment_intents.cancel(intent.id)

    assert api.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_confirming_the_intent_of_a_first_invoice_starts_the_subscription(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    )
    intent = api.payment_intents.list({"customer": customer.id}).data[0]

    done = api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert (subscription.status, done.status) == ("incomplete", "succeeded")
    assert shop.subscription(subscription.id).status == "active"
    assert api.invoices.retrieve(subscription.latest_invoice).status == "paid"


def test_intents_of_a_customer_are_listed(api, shop):
    customer = shop.customer()
    mine = paid(api, customer=customer.id)
    paid(api)

    assert [intent.id for intent in api.payment_intents.list({"customer": customer.id}).data] == [mine.id]


def test_the_balance_is_what_came_in_less_fees_and_refunds(api):
    intent = paid(api)
    api.refunds.create({"payment_intent": intent.id, "amount": 500})

    moves = api.balance_transactions.list().data

    assert [(move.type, move.amount, move.net) for move in moves] == [
        ("refund", -500, -500),
        ("charge", 2000, 1912),
    ]
    assert api.balance.retrieve().pending[0].amount == 1412
    assert {move.status for move in moves} == {"pending"}


def test_money_is_available_after_two_days(api, shop):
    paid(api)

    shop.wait(3)

    assert api.balance.retrieve().available[0].amount == 1912
    assert api.balance_transactions.list().data[0].status == "available"
