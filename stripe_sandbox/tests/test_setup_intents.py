"""Setup intents: a card is kept for later without a payment."""

import pytest
import stripe

from stripe_sandbox.hosted import portal_flow

CARDS_ONLY = {"payment_method_types": ["card"]}


def test_a_card_is_kept_for_the_customer(api, shop):
    customer = shop.customer()

    intent = api.setup_intents.create(
        {"customer": customer.id, "payment_method": "pm_card_visa", "confirm": True} | CARDS_ONLY
    )

    assert (intent.status, intent.usage) == ("succeeded", "off_session")
    assert api.payment_methods.retrieve(intent.payment_method).customer == customer.id
    assert shop.events()[-3:] == ["setup_intent.created", "payment_method.attached", "setup_intent.succeeded"]


def test_an_intent_is_filled_in_step_by_step(api, shop):
    intent = api.setup_intents.create({"customer": shop.customer().id, "metadata": {"for": "team"}})

    changed = api.setup_intents.update(intent.id, {"payment_method": "pm_card_visa", "description": "card"})
    done = api.setup_intents.confirm(intent.id, {"return_url": "https://shop.example/"})

    assert [intent.status, changed.status, done.status] == [
        "requires_payment_method",
        "requires_confirmation",
        "succeeded",
    ]
    assert (done.metadata["for"], done.description) == ("team", "card")


def test_a_card_that_asks_waits_for_its_holder(api, shop):
    intent = api.setup_intents.create(
        {
            "customer": shop.customer().id,
            "payment_method": "pm_card_authenticationRequiredOnSetup",
            "confirm": True,
            "return_url": "https://shop.example/cards",
        }
    )

    assert intent.status == "requires_action"
    assert intent.next_action.redirect_to_url.url.endswith(f"/authenticate/{intent.id}")
    assert shop.events()[-1] == "setup_intent.requires_action"


def test_a_refused_card_is_not_kept_and_the_intent_says_why(api, shop):
    customer = shop.customer()
    given = {"customer": customer.id, "payment_method": "pm_card_visa_chargeDeclined", "confirm": True}

    with pytest.raises(stripe.CardError) as error:
        api.setup_intents.create(given | CARDS_ONLY)

    intent = api.setup_intents.retrieve(error.value.error.setup_intent.id, {"expand": ["latest_attempt"]})
    assert intent.status == "requires_payment_method"
    assert intent.last_setup_error.decline_code == "generic_decline"
    assert intent.latest_attempt.status == "failed"
    assert api.customers.payment_methods.list(customer.id).data == []
    assert shop.events()[-1] == "setup_intent.setup_failed"


def test_attempts_are_listed_by_intent(api, shop):
    intent = api.setup_intents.create(
        {"customer": shop.customer().id, "payment_method": "pm_card_visa", "confirm": True} | CARDS_ONLY
    )

    attempts = api.setup_attempts.list({"setup_intent": intent.id}).data

    assert [attempt.status for attempt in attempts] == ["succeeded"]
    assert attempts[0].payment_method_details.card.last4 == "4242"


def test_a_canceled_intent_stays_canceled(api, shop):
    intent = api.setup_intents.create({"customer": shop.customer().id})

    gone = api.setup_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    assert error.value.code == "setup_intent_unexpected_state"
    assert shop.events()[-1] == "setup_intent.canceled"


def test_intents_are_listed_by_customer(api, shop):
    customer = shop.customer()
    mine = api.setup_intents.create({"customer": customer.id})
    api.setup_intents.create({"customer": shop.customer().id})

    assert [found.id for found in api.setup_intents.list({"customer": customer.id}).data] == [mine.id]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"customer": "cus_none"}, "customer"),
        ({"usage": "sometimes"}, "usage"),
        ({"payment_method_types": ["sepa_debit"]}, "payment_method_types"),
        ({"return_url": "https://shop.example/"}, "return_url"),
        ({"payment_method_options": "card"}, "payment_method_options"),
    ],
    ids=["customer", "usage", "type", "way back", "options"],
)
def test_wrong_wishes_are_refused_by_name(api, params, param):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.setup_intents.create(params)

    assert error.value.param == param


def test_a_trial_bought_at_checkout_sets_its_card_up(api, shop):
    subscription = shop.buy(subscription_data={"trial_period_days": 14})

    intent = api.setup_intents.list({"customer": subscription.customer}).data[0]
    assert (intent.status, intent.payment_method) == ("succeeded", subscription.default_payment_method)
    assert api.payment_intents.list({"customer": subscription.customer}).data == []


def test_a_purchase_that_is_paid_needs_no_setup(api, shop):
    subscription = shop.buy()

    assert api.setup_intents.list({"customer": subscription.customer}).data == []


def test_a_card_added_in_the_portal_is_set_up(api, shop, demo_world):
    customer = shop.buy().customer
    session = api.billing_portal.sessions.create({"customer": customer})

    portal_flow.set_card(demo_world, session.id, "5555555555554444")

    intent = api.setup_intents.list({"customer": customer, "expand": ["data.payment_method"]}).data[0]
    assert (intent.status, intent.payment_method.card.brand) == ("succeeded", "mastercard")
