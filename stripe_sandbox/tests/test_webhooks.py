"""Webhooks: who gets what, signed how, again when."""

import json
import time

import pytest
import stripe

from stripe_sandbox import delivery
from stripe_sandbox.tests.shop import eventually

SECRET = "whsec_" + "s" * 32


def received(listener):
    return [json.loads(body)["type"] for _, body in listener.got]


def test_the_secret_is_revealed_once(api, listener):
    made = api.webhook_endpoints.create({"url": listener.url, "enabled_events": ["invoice.paid"]})

    again = api.webhook_endpoints.retrieve(made.id)

    assert made.secret.startswith("whsec_")
    assert "secret" not in again


def test_an_address_that_is_none_is_refused(api):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.webhook_endpoints.create({"url": "shop.example/hook", "enabled_events": ["*"]})

    assert refused.value.code == "url_invalid"


def test_events_arrive_signed_in_order(api, shop, listener, demo_world):
    endpoint = api.webhook_endpoints.create(
        {"url": listener.url, "enabled_events": ["*"], "api_version": "2026-08-26.dahlia"}
    )
    demo_world.courier.mode = "immediate"
    before = len(shop.events())

    shop.buy()
    sent = shop.events()[before:]

    assert eventually(lambda: len(listener.got) == len(sent))
    assert received(listener) == sent
    headers, body = listener.got[-1]
    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], endpoint.secret)
    assert event.type == "checkout.session.completed"
    assert event.api_version == "2026-08-26.dahlia"
    assert event.livemode is False


def test_only_what_an_endpoint_listens_to_arrives(shop, listener, demo_world):
    demo_world.listen(listener.url, SECRET, events=("invoice.paid",))
    demo_world.courier.mode = "immediate"

    shop.buy()

    assert eventually(lambda: received(listener)) == ["invoice.paid"]
    assert [sent["type"] for sent in demo_world.all(delivery.KIND)] == ["invoice.paid"]


def test_a_failed_delivery_is_tried_again(api, listener, demo_world, monkeypatch):
    monkeypatch.setattr(delivery, "BACK_OFF", (0, 0, 0))
    demo_world.listen(listener.url, SECRET, events=("customer.created",))
    demo_world.courier.mode = "immediate"
    listener.answers = [500, 503]

    api.customers.create({})

    assert eventually(lambda: len(listener.got) == 3)
    assert eventually(lambda: demo_world.all(delivery.KIND)[-1]["state"] == "delivered")
    assert [attempt["status"] for attempt in demo_world.courier.since(0)] == [500, 503, 200]


def test_held_webhooks_are_handed_to_the_test(shop, demo_world):
    demo_world.listen("https://shop.example/hook/", SECRET)

    shop.buy()
    taken = demo_world.pending_deliveries()

    event = stripe.Webhook.construct_event(taken[-1].body, taken[-1].headers["Stripe-Signature"], SECRET)
    assert event.type == "checkout.session.completed"
    assert taken[-1].url == "https://shop.example/hook/"
    assert demo_world.pending_deliveries() == []


@pytest.mark.parametrize("order", ["fifo", "reverse"])
def test_the_network_may_reorder(shop, control, listener, demo_world, order):
    demo_world.listen(listener.url, SECRET)
    shop.buy()
    held = [entry.event["type"] for entry in demo_world.pending_deliveries(take=False)]

    control("POST", "delivery/release", order=order)

    assert eventually(lambda: len(listener.got) == len(held))
    assert received(listener) == (held if order == "fifo" else held[::-1])


def test_the_network_may_shuffle_the_same_way_twice(shop, control, listener, demo_world):
    demo_world.listen(listener.url, SECRET)
    orders = []

    for _ in range(2):
        listener.got.clear()
        shop.buy()
        held = len(demo_world.pending_deliveries(take=False))
        control("POST", "delivery/release", order="shuffle", seed=7)
        assert eventually(lambda held=held: len(listener.got) == held)
        orders.append(received(listener))

    assert orders[0] == orders[1]


def test_the_network_may_duplicate_and_drop(api, control, listener, demo_world):
    demo_world.listen(listener.url, SECRET, events=("customer.created",))
    lost = api.customers.create({})
    api.customers.create({})
    lost_event = next(e for e in demo_world.all("event") if e["data"]["object"]["id"] == lost.id)

    control("POST", "delivery/release", duplicate=1, drop=[lost_event["id"]])

    assert eventually(lambda: len(listener.got) == 2)
    assert len({json.loads(body)["id"] for _, body in listener.got}) == 1
    assert lost_event["id"] not in {json.loads(body)["id"] for _, body in listener.got}


def test_an_event_can_be_resent(api, control, listener, demo_world):
    demo_world.listen(listener.url, SECRET, events=("customer.created",))
    demo_world.courier.mode = "immediate"
    api.customers.create({})
    assert eventually(lambda: listener.got)
    event = json.loads(listener.got[0][1])["id"]

    status, _ = control("POST", f"events/{event}/resend")

    assert status == 200
    assert eventually(lambda: len(listener.got) == 2)
    assert json.loads(listener.got[1][1])["id"] == event


def test_a_made_event_reaches_every_endpoint(shop, control, listener, demo_world):
    subscription = shop.buy()
    demo_world.listen(listener.url, SECRET, events=("invoice.paid",))
    demo_world.courier.mode = "immediate"

    status, made = control(
        "POST",
        "events",
        type="customer.subscription.updated",
        object=subscription.id,
        overrides={"status": "past_due", "items": {"$unset": ["data.0.current_period_end"]}},
        created=1234567890,
        livemode=True,
    )

    assert eventually(lambda: listener.got)
    event = json.loads(listener.got[0][1])
    assert status == 200
    assert (event["id"], event["created"], event["livemode"]) == (made["id"], 1234567890, True)
    assert event["data"]["object"]["status"] == "past_due"
    assert "current_period_end" not in event["data"]["object"]["items"]["data"][0]
    assert shop.subscription(subscription.id).status == "active"


def test_somebody_elses_event_can_be_made(control, listener, demo_world):
    demo_world.listen(listener.url, SECRET)
    demo_world.courier.mode = "immediate"

    control(
        "POST",
        "events",
        type="customer.subscription.updated",
        object="sub_foreign",
        overrides={"customer": "cus_foreign"},
    )

    assert eventually(lambda: listener.got)
    assert json.loads(listener.got[0][1])["data"]["object"] == {
        "id": "sub_foreign",
        "object": "subscription",
        "customer": "cus_foreign",
    }


def test_a_slow_endpoint_does_not_slow_the_api(api, demo_world):
    demo_world.listen("http://127.0.0.1:9/nobody-listens/", SECRET)
    demo_world.courier.mode = "immediate"

    started = time.perf_counter()
    api.customers.create({})

    assert time.perf_counter() - started < 0.5
    assert eventually(lambda: demo_world.courier.since(0))[0]["status"] is None
