"""Idempotency keys."""

import threading

import pytest
import stripe

from stripe_sandbox.tests.shop import eventually

KEY = {"idempotency_key": "attempt-1"}


def test_the_same_call_again_answers_the_same(api):
    first = api.customers.create({"email": "ada@example.com"}, KEY)

    again = api.customers.create({"email": "ada@example.com"}, KEY)

    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(api.customers.list().data) == 1


def test_a_replay_outlives_the_object(api):
    first = api.customers.create({}, KEY)
    api.customers.delete(first.id)

    again = api.customers.create({}, KEY)

    assert again.id == first.id
    assert api.customers.retrieve(first.id).deleted


def test_another_body_is_refused(api):
    api.customers.create({"email": "ada@example.com"}, KEY)

    with pytest.raises(stripe.IdempotencyError) as refused:
        api.customers.create({"email": "eve@example.com"}, KEY)

    assert refused.value.http_status == 400


def test_refused_parameters_are_not_remembered(api):
    with pytest.raises(stripe.InvalidRequestError):
        api.customers.create({"colour": "red"}, KEY)

    assert api.customers.create({"email": "ada@example.com"}, KEY).id


def test_a_call_still_at_work_answers_409(api, control, stripe_sandbox):
    control("POST", "faults", match={"path": "/v1/customers"}, delay=1.5)
    slow = threading.Thread(target=api.customers.create, args=({}, KEY))
    slow.start()
    assert eventually(lambda: stripe_sandbox.app.api.idempotency.in_flight)

    with pytest.raises(stripe.StripeError) as refused:
        api.customers.create({}, KEY)
    slow.join()

    assert refused.value.http_status == 409
    assert refused.value.json_body["error"]["code"] == "idempotency_key_in_use"
    assert api.customers.create({}, KEY).last_response.headers["Idempotent-Replayed"] == "true"


def test_a_declined_payment_is_replayed(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    params = {
        "customer": customer.id,
        "items": [{"price": shop.price("starter-month")}],
        "payment_behavior": "error_if_incomplete",
    }

    for _ in range(2):
        with pytest.raises(stripe.CardError):
            api.subscriptions.create(params, KEY)

    assert shop.world.requests.since(0)[-1]["replayed"] is True


def test_a_failure_after_the_work_had_begun_is_replayed(api, shop):
    shop.world.faults.add({"match": {"method": "POST"}, "status": 500, "remembered": True})

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            api.customers.create({}, KEY)

    assert shop.world.requests.since(0)[-1]["replayed"] is True
    assert api.customers.create({}).id


def test_a_failure_at_the_door_is_not_replayed(api, shop):
    shop.world.faults.add({"match": {"method": "POST"}, "status": 503})

    with pytest.raises(stripe.APIError):
        api.customers.create({}, KEY)

    assert api.customers.create({}, KEY).id
