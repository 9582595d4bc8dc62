"""Customers: what is kept of them, what they owe, and their end."""

import pytest
import stripe


def test_a_customer_is_kept_as_given(api):
    customer = api.customers.create(
        {
            "address": {"line1": "1 Main St", "city": "Berlin", "country": "DE"},
            "business_name": "Lovelace Ltd",
            "invoice_prefix": "ADA2026",
            "invoice_settings": {
                "custom_fields": [{"name": "PO", "value": "7"}],
                "rendering_options": {"amount_tax_display": "exclude_tax"},
            },
            "metadata": {"team": "7"},
            "preferred_locales": ["de", "en"],
            "shipping": {"name": "Ada", "address": {"line1": "2 Side St"}},
            "tax_exempt": "reverse",
            "expand": ["tax"],
        }
    )

    assert (customer.address.city, customer.address.postal_code) == ("Berlin", None)
    assert (customer.business_name, customer.invoice_prefix, customer.tax_exempt) == (
        "Lovelace Ltd",
        "ADA2026",
        "reverse",
    )
    assert customer.invoice_settings.custom_fields[0].value == "7"
    assert customer.invoice_settings.rendering_options.amount_tax_display == "exclude_tax"
    assert customer.preferred_locales == ["de", "en"]
    assert customer.shipping.address.line1 == "2 Side St"
    assert (customer.tax.automatic_tax, customer.tax.location.country) == ("supported", "DE")


def test_an_empty_text_unsets_and_the_event_says_what_was(api, shop):
    customer = shop.customer(business_name="Lovelace Ltd", tax_exempt="exempt", metadata={"a": "1", "b": "2"})

    api.customers.update(customer.id, {"business_name": "", "tax_exempt": "", "metadata": {"a": ""}})

    found = api.customers.retrieve(customer.id)
    event = api.events.list({"type": "customer.updated"}).data[0]
    assert "business_name" not in found
    assert (found.tax_exempt, found.metadata.to_dict()) == ("none", {"b": "2"})
    assert event.data.previous_attributes["business_name"] == "Lovelace Ltd"
    assert event.data.previous_attributes["tax_exempt"] == "exempt"


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"email": "nobody"}, "email_invalid", "email"),
        ({"invoice_prefix": "a"}, None, "invoice_prefix"),
        ({"next_invoice_sequence": 0}, "parameter_invalid_integer", "next_invoice_sequence"),
        ({"address": {"country": "Germany"}}, None, "address[country]"),
        ({"tax_exempt": "perhaps"}, None, "tax_exempt"),
        ({"test_clock": "clock_none"}, "resource_missing", "test_clock"),
        ({"payment_method": "pm_none"}, "resource_missing", "payment_method"),
        ({"invoice_settings": {"custom_fields": "x"}}, None, "invoice_settings[custom_fields]"),
        ({"tax": {"validate_location": "immediately"}}, "customer_tax_location_invalid", "address"),
        ({"tax_id_data": [{"type": "eu_vat", "value": "DE1"}]}, "tax_id_invalid", "value"),
        ({"coupon": "x"}, "parameter_unknown", "coupon"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_wrong_customer_is_refused_whole(api, params, code, param):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.create(params)

    assert (error.value.http_status, error.value.code, error.value.param) == (400, code, param)
    assert api.customers.list().data == []


def test_two_customers_have_two_prefixes(api, shop):
    shop.customer(invoice_prefix="TEAM7")

    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.customer(invoice_prefix="TEAM7")

    assert error.value.param == "invoice_prefix"


def test_each_move_of_the_balance_is_written_down(api, shop):
    customer = shop.customer(balance=-500)

    api.customers.balance_transactions.create(
        customer.id, {"amount": -250, "currency": "usd", "description": "sorry"}
    )
    api.customers.update(customer.id, {"balance": 0})

    moves = api.customers.balance_transactions.list(customer.id).data
    assert [(move.type, move.amount, move.ending_balance) for move in moves] == [
        ("adjustment", 750, 0),
        ("adjustment", -250, -750),
        ("initial", -500, -500),
    ]
    assert moves[1].description == "sorry"
    assert api.customers.retrieve(customer.id).balance == 0


def test_credit_that_pays_an_invoice_is_written_down_with_it(api, shop):
    customer = shop.customer_with_card(balance=-500)

    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    )

    move = api.customers.balance_transactions.list(customer.id).data[0]
    assert (move.type, move.amount, move.ending_balance) == ("applied_to_invoice", 500, 0)
    assert move.invoice == subscription.latest_invoice


def test_a_balance_is_kept_in_one_currency(api, shop):
    customer = shop.customer(balance=-500)

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.balance_transactions.create(customer.id, {"amount": -1, "currency": "eur"})

    assert error.value.param == "currency"


def test_words_of_a_balance_transaction_can_change(api, shop):
    customer = shop.customer(balance=-500)
    move = api.customers.balance_transactions.list(customer.id).data[0]

    api.customers.balance_transactions.update(customer.id, move.id, {"metadata": {"ticket": "9"}})

    assert api.customers.balance_transactions.retrieve(customer.id, move.id).metadata["ticket"] == "9"


def test_a_deleted_customer_is_gone_with_subscriptions_and_cards(api, shop):
    subscription = shop.buy()
    card = api.customers.payment_methods.list(subscription.customer).data[0]

    answer = api.customers.delete(subscription.customer)

    assert (answer.id, answer.object, answer.deleted) == (subscription.customer, "customer", True)
    assert api.customers.retrieve(subscription.customer).deleted
    assert shop.subscription(subscription.id).status == "canceled"
    assert api.payment_methods.retrieve(card.id).customer is None
    assert api.customers.list().data == []
    assert shop.events()[-2:] == ["customer.subscription.deleted", "customer.deleted"]


def test_nothing_is_done_with_a_deleted_customer(api, shop):
    customer = shop.customer().id
    api.customers.delete(customer)
    items = [{"price": shop.price("starter-month")}]
    doings = (
        lambda: api.customers.update(customer, {"name": "x"}),
        lambda: api.customers.delete(customer),
        lambda: api.customers.payment_methods.list(customer),
        lambda: api.subscriptions.create({"customer": customer, "items": items}),
        lambda: api.setup_intents.create({"customer": customer}),
        lambda: api.payment_methods.attach("pm_card_visa", {"customer": customer}),
    )

    for doing in doings:
        with pytest.raises(stripe.InvalidRequestError) as error:
            doing()
        assert error.value.code == "resource_missing"


def test_there_is_no_discount_to_take_from_a_customer(api, shop):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.delete_discount(shop.customer().id)

    assert (error.value.http_status, error.value.code) == (404, "resource_missing")


def test_a_strangers_card_does_not_become_the_default(api, shop):
    card = api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id
    customer = shop.customer()

    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card}})

    assert caught.value.code == "resource_missing"
    assert caught.value.param == "invoice_settings[default_payment_method]"
    assert str(caught.value.user_message).startswith("The customer does not have a payment method")
