"""Webhook endpoints: rolled secrets, chosen events, answers that are no yes."""

import json

import pytest
import stripe

from stripe_sandbox import delivery
from stripe_sandbox.tests.shop import eventually

HOUR = 3600


@pytest.fixture
def endpoint(api, listener, demo_world):
    made = api.webhook_endpoints.create({"url": listener.url, "enabled_events": ["customer.created"]})
    demo_world.courier.mode = "immediate"
    return made


def delivered(api, listener):
    """The header and body of the next delivery."""
    before = len(listener.got)
    api.customers.create({})
    assert eventually(lambda: len(listener.got) > before)
    return listener.got[-1]


def verifies(got, secret):
    headers, body = got
    try:
        return bool(stripe.Webhook.construct_event(body, headers["Stripe-Signature"], secret))
    except stripe.SignatureVerificationError:
        return False


def test_a_rolled_secret_lives_beside_the_new_one(api, listener, endpoint, control):
    status, rolled = control("POST", f"webhook_endpoints/{endpoint.id}/roll", expires_in=HOUR)

    got = delivered(api, listener)

    assert (status, rolled["id"], rolled["expires_in"]) == (200, endpoint.id, HOUR)
    assert rolled["secret"].startswith("whsec_")
    assert rolled["secret"] != endpoint.secret
    assert got[0]["Stripe-Signature"].count("v1=") == 2
    assert verifies(got, rolled["secret"])
    assert verifies(got, endpoint.secret)


def test_an_old_secret_expires(api, shop, listener, endpoint, control):
    _, rolled = control("POST", f"webhook_endpoints/{endpoint.id}/roll", expires_in=HOUR)

    shop.wait(0.1)
    got = delivered(api, listener)

    assert got[0]["Stripe-Signature"].count("v1=") == 1
    assert verifies(got, rolled["secret"])
    assert not verifies(got, endpoint.secret)


def test_an_old_secret_may_end_at_once(api, listener, endpoint, control):
    _, rolled = control("POST", f"webhook_endpoints/{endpoint.id}/roll", expires_in=0)

    got = delivered(api, listener)

    assert verifies(got, rolled["secret"])
    assert not verifies(got, endpoint.secret)


def test_two_rolls_in_a_day_leave_three_secrets(api, listener, endpoint, control):
    control("POST", f"webhook_endpoints/{endpoint.id}/roll")
    control("POST", f"webhook_endpoints/{endpoint.id}/roll")

    assert delivered(api, listener)[0]["Stripe-Signature"].count("v1=") == 3


@pytest.mark.parametrize("expires_in", [-1, 86401, "soon", True, 1.5])
def test_no_other_time_is_taken(control, endpoint, expires_in):
    status, answer = control("POST", f"webhook_endpoints/{endpoint.id}/roll", expires_in=expires_in)

    assert (status, answer["error"]["param"]) == (400, "expires_in")


def test_an_unknown_endpoint_is_not_rolled(control):
    assert control("POST", "webhook_endpoints/we_none/roll")[0] == 404


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"enabled_events": ["customer.born"]}, "enabled_events[0]"),
        ({"enabled_events": ["invoice.paid", "invoice.*"]}, "enabled_events[1]"),
        ({"url": "https://"}, "url"),
        ({"url": "http://shop.example:port/"}, "url"),
        ({"url": "ftp://shop.example/"}, "url"),
        ({"api_version": "1999-01-01"}, "api_version"),
        ({"connect": True}, "connect"),
    ],
    ids=str,
)
def test_a_wrong_endpoint_is_refused(api, params, param):
    good = {"url": "https://shop.example/hook", "enabled_events": ["*"]}

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.webhook_endpoints.create(good | params)

    assert (error.value.http_status, error.value.param) == (400, param)


def test_an_account_has_sixteen_endpoints(api):
    good = {"url": "https://shop.example/hook", "enabled_events": ["*"]}
    for _ in range(16):
        api.webhook_endpoints.create(good)

    with pytest.raises(stripe.InvalidRequestError):
        api.webhook_endpoints.create(good)

    assert len(api.webhook_endpoints.list({"limit": 100}).data) == 16


def test_an_endpoint_is_told_in_the_version_it_was_made_for(api, listener, demo_world):
    api.webhook_endpoints.create(
        {"url": listener.url, "enabled_events": ["customer.created"], "api_version": "2026-07-29.dahlia"}
    )
    demo_world.courier.mode = "immediate"

    _, body = delivered(api, listener)

    assert json.loads(body)["api_version"] == "2026-07-29.dahlia"


def test_events_that_an_endpoint_listens_to_can_change(api, listener, endpoint, demo_world):
    api.webhook_endpoints.update(endpoint.id, {"enabled_events": ["product.created"]})

    api.customers.create({})
    api.products.create({"name": "Chair"})

    assert eventually(lambda: listener.got)
    kinds = [delivery["type"] for delivery in demo_world.all(delivery.KIND)]
    assert kinds == ["product.created"]


@pytest.mark.parametrize("status", [302, 410, 500])
def test_whatever_is_no_yes_is_tried_again(api, listener, endpoint, demo_world, monkeypatch, status):
    monkeypatch.setattr(delivery, "BACK_OFF", (0, 0))
    listener.answers = [status]

    api.customers.create({})

    assert eventually(lambda: demo_world.all(delivery.KIND)[-1]["state"] == "delivered")
    assert [attempt["status"] for attempt in demo_world.courier.since(0)] == [status, 200]


def test_after_the_last_try_an_event_stays_undelivered(api, listener, endpoint, demo_world, monkeypatch):
    monkeypatch.setattr(delivery, "BACK_OFF", (0,))
    listener.answers = [500, 500]

    api.customers.create({})

    assert eventually(lambda: demo_world.all(delivery.KIND)[-1]["state"] == "failed")
    assert api.events.list({"type": "customer.created"}).data[0].pending_webhooks == 1
    assert len(api.events.list({"delivery_success": False}).data) == 1


def test_a_disabled_endpoint_hears_nothing_not_even_what_waited(api, listener, endpoint, demo_world):
    demo_world.courier.mode = "hold"
    api.customers.create({})
    api.webhook_endpoints.update(endpoint.id, {"disabled": True})
    api.customers.create({})

    with demo_world:
        demo_world.courier.release()

    assert eventually(lambda: demo_world.courier.waiting_count() == 0)
    assert [delivery["state"] for delivery in demo_world.all(delivery.KIND)] == ["dropped"]
    assert listener.got == []


def test_an_endpoint_that_is_enabled_again_hears_what_comes(api, listener, endpoint):
    api.webhook_endpoints.update(endpoint.id, {"disabled": True})
    api.customers.create({})
    back = api.webhook_endpoints.update(endpoint.id, {"disabled": False})

    delivered(api, listener)

    assert back.status == "enabled"
    assert len(listener.got) == 1


def test_a_deleted_endpoint_leaves_nothing_waiting(api, listener, endpoint, demo_world):
    demo_world.courier.mode = "hold"
    api.customers.create({})
    assert api.webhook_endpoints.delete(endpoint.id).deleted

    with demo_world:
        demo_world.courier.release()

    assert eventually(lambda: demo_world.courier.waiting_count() == 0)
    assert listener.got == []


def test_events_are_listed_by_type(api):
    api.customers.create({})

    for types in ({"type": "customer.*"}, {"types": ["customer.created"]}):
        found = api.events.list(types).data
        assert [event.type for event in found] == ["customer.created"]
        assert api.events.retrieve(found[0].id).data.object.object == "customer"


@pytest.mark.parametrize(
    "params", [{"type": "a", "types": ["b"]}, {"types": ["customer.created"] * 21}], ids=["both", "many"]
)
def test_wrong_filters_of_events_are_refused(api, params):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.events.list(params)

    assert error.value.param == "types"
