"""3-D Secure: a card's bank asks its holder, who answers at a page."""

import pytest

from stripe_sandbox.tests.person import CARD, Person

ASKS = "pm_card_authenticationRequired"
BACK = "https://shop.example/done?team=7"


@pytest.fixture
def person(demo_world):
    return Person(demo_world)


def say(person, intent_id, word):
    return person.post(f"/authenticate/{intent_id}", {"authentication": word})


def waiting_payment(api, **params):
    given = {"amount": 2000, "currency": "usd", "payment_method": ASKS, "confirm": True, "return_url": BACK}
    return api.payment_intents.create(given | params)


def subscribe(api, shop, card=ASKS, **params):
    customer = shop.customer_with_card(card)
    items = [{"price": shop.price("starter-month")}]
    subscription = api.subscriptions.create({"customer": customer.id, "items": items, **params})
    return subscription, api.payment_intents.list({"customer": customer.id}).data[0]


def test_the_page_says_what_is_asked(api, person):
    intent = waiting_payment(api)

    page = person.get(f"/authenticate/{intent.id}")

    assert page.status == 200
    assert "$20.00" in page.text


def test_an_approved_payment_goes_through_and_leads_back_to_the_shop(api, person):
    intent = waiting_payment(api)

    page = say(person, intent.id, "complete")

    done = api.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert page.status == 303
    assert page.response.headers["Location"] == (
        f"{BACK}&payment_intent={intent.id}&payment_intent_client_secret={intent.client_secret}"
    )
    assert (done.status, done.next_action) == ("succeeded", None)
    assert done.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"


def test_a_refused_payment_takes_nothing_and_can_be_tried_again(api, shop, person):
    intent = waiting_payment(api)

    say(person, intent.id, "fail")

    failed = api.payment_intents.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    assert failed.latest_charge is None
    assert shop.events()[-1] == "payment_intent.payment_failed"
    again = api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", "return_url": BACK})
    assert again.status == "succeeded"


def test_a_bank_may_refuse_after_the_holder_agreed(api, person):
    intent = waiting_payment(
        api, payment_method="pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    )

    say(person, intent.id, "complete")

    assert api.payment_intents.retrieve(intent.id).last_payment_error.decline_code == "insufficient_funds"


def test_a_shop_that_confirms_by_hand_has_the_last_word(api, person):
    intent = waiting_payment(api, confirmation_method="manual")

    say(person, intent.id, "complete")

    approved = api.payment_intents.retrieve(intent.id)
    done = api.payment_intents.confirm(intent.id, {"return_url": BACK})
    assert (approved.status, done.status) == ("requires_confirmation", "succeeded")


def test_a_card_that_asks_on_request_only(api, person):
    plain = waiting_payment(api, payment_method="pm_card_threeDSecureOptional")
    forced = waiting_payment(
        api,
        payment_method="pm_card_threeDSecureOptional",
        payment_method_options={"card": {"request_three_d_secure": "any"}},
    )

    assert (plain.status, forced.status) == ("succeeded", "requires_action")


def test_a_card_set_up_once_pays_later_without_its_holder(api, shop, person):
    customer = shop.customer()
    setup = api.setup_intents.create(
        {
            "customer": customer.id,
            "payment_method": "pm_card_authenticationRequiredOnSetup",
            "confirm": True,
            "return_url": BACK,
        }
    )

    page = say(person, setup.id, "complete")

    kept = api.setup_intents.retrieve(setup.id)
    assert f"setup_intent={setup.id}" in page.response.headers["Location"]
    assert kept.status == "succeeded"
    later = {"customer": customer.id, "payment_method": kept.payment_method, "off_session": True}
    assert waiting_payment(api, **later).status == "succeeded"


def test_a_card_that_paid_once_for_later_use_pays_without_its_holder(api, shop, person):
    customer, card = shop.customer(), "pm_card_authenticationRequiredOnSetup"
    first = waiting_payment(api, customer=customer.id, payment_method=card, setup_future_usage="off_session")
    say(person, first.id, "complete")
    kept = api.payment_intents.retrieve(first.id).payment_method

    later = waiting_payment(api, customer=customer.id, payment_method=kept, off_session=True)

    assert (first.status, later.status) == ("requires_action", "succeeded")


def test_a_refused_setup_keeps_no_card(api, shop, person):
    customer = shop.customer()
    setup = api.setup_intents.create(
        {"customer": customer.id, "payment_method": ASKS, "confirm": True, "return_url": BACK}
    )

    say(person, setup.id, "fail")

    failed = api.setup_intents.retrieve(setup.id, {"expand": ["latest_attempt"]})
    assert failed.last_setup_error.code == "setup_intent_authentication_failure"
    assert failed.latest_attempt.status == "failed"
    assert api.customers.payment_methods.list(customer.id).data == []
    assert shop.events()[-1] == "setup_intent.setup_failed"


def test_a_first_payment_that_is_approved_starts_the_subscription(api, shop, person):
    subscription, intent = subscribe(api, shop)

    say(person, intent.id, "complete")

    assert (subscription.status, intent.status) == ("incomplete", "requires_action")
    assert shop.subscription(subscription.id).status == "active"
    assert api.invoices.retrieve(subscription.latest_invoice).status == "paid"


def test_a_card_approved_at_the_first_payment_renews_without_its_holder(api, shop, person):
    subscription, intent = subscribe(api, shop, "pm_card_authenticationRequiredOnSetup")
    say(person, intent.id, "complete")

    shop.wait(32)

    assert shop.subscription(subscription.id).status == "active"
    assert [invoice.status for invoice in shop.invoices(subscription)] == ["paid", "paid"]


def test_a_first_payment_that_is_refused_leaves_it_incomplete(api, shop, person):
    subscription, intent = subscribe(api, shop)

    say(person, intent.id, "fail")

    assert shop.subscription(subscription.id).status == "incomplete"
    assert api.invoices.retrieve(subscription.latest_invoice).status == "open"
    assert "invoice.payment_failed" in shop.events()


def test_a_renewal_that_asks_falls_behind_until_its_holder_answers(api, shop, person):
    subscription, intent = subscribe(api, shop)
    say(person, intent.id, "complete")

    shop.wait(32)

    behind = shop.subscription(subscription.id)
    renewal = api.payment_intents.list({"customer": subscription.customer}).data[0]
    assert (behind.status, renewal.status) == ("past_due", "requires_action")
    assert "invoice.payment_action_required" in shop.events()
    page = say(person, renewal.id, "complete")
    assert shop.subscription(subscription.id).status == "active"
    assert (
        api.invoices.retrieve(behind.latest_invoice).hosted_invoice_url in page.response.headers["Location"]
    )


def test_the_page_of_an_invoice_leads_to_the_question_that_waits(api, shop, person):
    subscription, intent = subscribe(api, shop)
    path = f"/invoice/{subscription.latest_invoice}"

    waiting = person.get(path)
    back = person.follow(say(person, intent.id, "complete"))

    assert waiting.attributes["invoice-confirm"]["href"] == f"/authenticate/{intent.id}"
    assert "primary" not in waiting.attributes["invoice-pay"]["class"]
    assert not back.has("invoice-confirm")
    assert api.invoices.retrieve(subscription.latest_invoice).status == "paid"


def test_an_invoice_that_waits_for_its_card_is_paid_at_its_own_page(api, shop, person):
    subscription, _ = subscribe(api, shop)
    page = f"/invoice/{subscription.latest_invoice}"

    shown = person.get(page)
    person.post(page, CARD)

    assert shown.status == 200
    assert api.invoices.retrieve(subscription.latest_invoice).status == "paid"
    assert shop.subscription(subscription.id).status == "active"


def test_an_answer_counts_once(api, person):
    intent = waiting_payment(api)
    say(person, intent.id, "complete")

    again = say(person, intent.id, "fail")

    assert again.status == 400
    assert api.payment_intents.retrieve(intent.id).status == "succeeded"


def test_an_unknown_intent_has_a_friendly_page(person):
    assert person.get("/authenticate/pi_nobody").status == 404


def test_a_trial_waits_for_a_card_by_its_setup_intent(api, shop):
    customer = shop.customer()
    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("starter-month")}],
            "trial_period_days": 14,
            "payment_behavior": "default_incomplete",
            "expand": ["pending_setup_intent"],
        }
    )

    api.setup_intents.confirm(
        subscription.pending_setup_intent.id, {"payment_method": "pm_card_visa", "return_url": BACK}
    )

    found = shop.subscription(subscription.id)
    assert subscription.pending_setup_intent.status == "requires_payment_method"
    assert found.pending_setup_intent is None
    assert api.payment_methods.retrieve(found.default_payment_method).customer == customer.id


def test_a_first_invoice_that_waits_shows_the_secret_of_its_intent(api, shop, person):
    subscription, intent = subscribe(
        api,
        shop,
        payment_behavior="default_incomplete",
        expand=["latest_invoice.confirmation_secret"],
    )

    asked = api.payment_intents.confirm(intent.id, {"payment_method": ASKS, "return_url": BACK})
    say(person, asked.id, "complete")

    assert subscription.latest_invoice.confirmation_secret.client_secret == intent.client_secret
    assert asked.next_action.redirect_to_url.return_url == BACK
    assert shop.subscription(subscription.id).status == "active"
