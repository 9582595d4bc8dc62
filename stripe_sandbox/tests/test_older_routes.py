"""Addresses that older code still uses, and small ones: each answers as its newer sibling does."""

import pytest
import stripe


@pytest.fixture
def paid(api):
    return api.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "payment_method_types": ["card"],
        }
    )


@pytest.fixture
def raw(stripe_sandbox):
    """Calls that stripe-python has no word for."""
    client = stripe.StripeClient(
        "sk_test_" + "0123456789abcdefghijklmn", base_addresses={"api": stripe_sandbox.url}
    )

    def call(method, path, **params):
        return client.deserialize(client.raw_request(method, path, **params).data, api_mode="V1")

    return call


def test_refunds_below_a_charge(api, raw, paid):
    path = f"/v1/charges/{paid.latest_charge}/refunds"

    made = raw("post", path, amount=500)
    raw("post", f"{path}/{made.id}", metadata={"a": "b"})

    assert raw("get", f"{path}/{made.id}").metadata["a"] == "b"
    assert [found.id for found in raw("get", path).data] == [made.id]
    assert raw("post", f"/v1/charges/{paid.latest_charge}/refund").refunded


def test_a_dispute_below_its_charge(api, raw):
    disputed = api.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_createDispute",
            "confirm": True,
            "payment_method_types": ["card"],
        }
    )
    path = f"/v1/charges/{disputed.latest_charge}/dispute"

    changed = raw("post", path, metadata={"a": "b"})

    assert (raw("get", path).id, changed.metadata["a"]) == (changed.id, "b")
    assert raw("post", f"{path}/close").status == "lost"


def test_a_charge_without_a_dispute(raw, paid):
    with pytest.raises(stripe.InvalidRequestError) as error:
        raw("get", f"/v1/charges/{paid.latest_charge}/dispute")

    assert error.value.http_status == 404


def test_charges_are_made_by_payment_intents_only(raw):
    with pytest.raises(stripe.InvalidRequestError):
        raw("post", "/v1/charges", amount=500, currency="usd", source="tok_visa")


def test_the_history_of_the_balance(api, raw, paid):
    history = raw("get", "/v1/balance/history").data

    assert [move.source for move in history] == [paid.latest_charge]
    assert raw("get", f"/v1/balance/history/{history[0].id}").net == history[0].net
    assert api.balance_transactions.retrieve(history[0].id).net == history[0].net


def test_what_a_customer_has_not(api, raw, shop):
    customer = shop.customer().id
    lists = (
        f"/v1/customers/{customer}/sources",
        f"/v1/customers/{customer}/cash_balance_transactions",
        f"/v1/products/{api.products.list().data[0].id}/features",
    )

    assert [raw("get", path).data for path in lists] == [[], [], []]
    assert raw("get", f"/v1/customers/{customer}/cash_balance").available is None


def test_a_discount_that_a_test_sets_by_hand_can_be_seen_and_taken(api, raw, shop, control):
    customer = shop.customer().id
    discount = {"id": "di_1", "object": "discount", "start": 1, "source": {"coupon": None, "type": "coupon"}}
    control("PATCH", f"objects/{customer}", discount=discount)

    seen = raw("get", f"/v1/customers/{customer}/discount")
    gone = raw("delete", f"/v1/customers/{customer}/discount")

    assert (seen.id, gone.deleted) == ("di_1", True)
    assert api.customers.retrieve(customer).discount is None


def test_an_intent_lists_no_lines_of_its_amount(api, raw, paid):
    assert raw("get", f"/v1/payment_intents/{paid.id}/amount_details_line_items").data == []


def test_tax_ids_by_themselves(api):
    made = api.tax_ids.create({"type": "us_ein", "value": "12-3456789"})

    assert api.tax_ids.retrieve(made.id).value == "12-3456789"
    assert api.tax_ids.delete(made.id).deleted
    assert api.tax_ids.list().data == []


def test_the_object_in_an_event_is_not_expanded(api, shop):
    shop.customer(metadata={"a": "b"})
    event = api.events.list().data[0].id

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.events.retrieve(event, {"expand": ["data.customer"]})

    assert error.value.param == "expand"
