"""The control API."""

import http.client
import threading

import pytest
import stripe

from stripe_sandbox.billing.lifecycle import run_due
from stripe_sandbox.tests.shop import DAY, eventually


def test_reset_starts_over(api, control):
    api.customers.create({})

    status, made = control("POST", "reset", seed="demo")

    assert status == 200
    assert (len(made["product"]), len(made["price"])) == (2, 4)
    assert api.customers.list().data == []


def test_reset_keeps_endpoints_when_asked(api, control):
    endpoint = api.webhook_endpoints.create({"url": "https://shop.example/hook/", "enabled_events": ["*"]})

    control("POST", "reset", seed="empty", keep_endpoints=True)
    kept = [found.id for found in api.webhook_endpoints.list().data]
    control("POST", "reset", seed="empty")

    assert kept == [endpoint.id]
    assert api.webhook_endpoints.list().data == []


def test_a_call_that_slept_through_a_reset_makes_nothing_in_the_new_world(api, control, demo_world):
    """Its caller gave up long ago: what it makes would turn up in somebody else's test."""
    control("POST", "faults", match={"path": "/v1/customers"}, delay=1.5)
    refusals = []
    sleeper = threading.Thread(target=lambda: refusals.append(refusal_of(api.customers.create)))
    sleeper.start()
    eventually(lambda: not demo_world.faults.rules)

    control("POST", "reset", seed="empty")
    sleeper.join()

    assert refusals == [500]
    assert demo_world.all("customer") == []


def refusal_of(call):
    with pytest.raises(stripe.StripeError) as refused:
        call({})
    return refused.value.http_status


def test_an_unknown_seed_is_refused(control):
    assert control("POST", "reset", seed="grand")[0] == 400


def test_requests_are_logged_from_a_number_on(api, control):
    before = control("GET", "requests")[1]["last"]

    api.customers.create({"email": "ada@example.com"}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.InvalidRequestError):
        api.customers.retrieve("cus_none")

    entries = control("GET", f"requests?since={before}")[1]["requests"]
    assert [(e["method"], e["path"], e["status"]) for e in entries] == [
        ("POST", "/v1/customers", 200),
        ("GET", "/v1/customers/cus_none", 404),
    ]
    assert entries[0]["idempotency_key"] == "k1"
    assert entries[0]["params"] == {"email": "ada@example.com"}


def test_the_clock_moves_and_says_what_happened(shop, control):
    shop.buy(subscription_data={"trial_period_days": 14})

    status, moved = control("POST", "clock", advance=15 * DAY)

    assert status == 200
    assert moved["time"] - moved["was"] >= 15 * DAY
    assert "customer.subscription.trial_will_end" in [event["type"] for event in moved["events"]]


def test_the_clock_can_be_set(control, demo_world):
    target = demo_world.wall_clock() + 1000 * DAY

    control("POST", "clock", set=target)

    assert target <= demo_world.wall_clock() <= target + 2


def test_an_object_is_patched_silently(shop, control):
    subscription = shop.buy()
    before = len(shop.events())

    status, _ = control(
        "PATCH",
        f"objects/{subscription.id}",
        status="past_due",
        metadata={"a": "b"},
        current_period_end=1234567890,
        **{"$unset": ["items.data.0.current_period_end"]},
    )

    found = shop.subscription(subscription.id)
    assert status == 200
    assert (found.status, found.current_period_end) == ("past_due", 1234567890)
    assert "current_period_end" not in found["items"].data[0]
    assert len(shop.events()) == before


def test_a_patch_reaches_into_what_is_referred_to(shop, control):
    subscription = shop.buy()
    item = subscription["items"].data[0]

    control("PATCH", f"objects/{item.id}", quantity=None, price={"recurring": {"usage_type": "metered"}})

    found = shop.subscription(subscription.id)["items"].data[0]
    assert found.quantity is None
    assert found.price.recurring.usage_type == "metered"
    assert found.price.recurring.interval == "month"


def test_a_subscription_patched_to_have_no_items_is_still_listed(api, shop, control):
    subscription = shop.buy()

    control("PATCH", f"objects/{subscription.id}", items={"data": []})

    (found,) = api.subscriptions.list({"customer": subscription.customer}).data
    assert found["items"].data == []


def test_patching_nothing_is_a_404(control):
    assert control("PATCH", "objects/sub_none", status="x")[0] == 404


def test_a_session_is_completed_without_a_browser(api, shop, control):
    session = shop.session()

    refused = control("POST", f"checkout/{session.id}/complete", card="4000000000000002")
    status, done = control("POST", f"checkout/{session.id}/complete", card="4242424242424242")
    again = control("POST", f"checkout/{session.id}/complete")

    assert (refused[0], refused[1]["error"]["code"]) == (402, "card_declined")
    assert (status, done["status"]) == (200, "complete")
    assert again[0] == 400
    assert control("POST", "checkout/cs_test_none/complete")[0] == 404


def test_a_fault_answers_and_is_used_up(api, control):
    control(
        "POST",
        "faults",
        match={"method": "GET", "path": "/v1/customers/*"},
        times=1,
        status=429,
        retry_after=1,
        error={"message": "Slow down."},
    )
    customer = api.customers.create({})

    with pytest.raises(stripe.RateLimitError) as refused:
        api.customers.retrieve(customer.id)

    assert refused.value.user_message == "Slow down."
    assert refused.value.headers["Retry-After"] == "1"
    assert api.customers.retrieve(customer.id).id == customer.id


def test_a_lasting_fault_ends_when_cleared(api, control):
    control("POST", "faults", match={}, times=None, status=500)
    for _ in range(3):
        with pytest.raises(stripe.APIError):
            api.customers.list()

    control("DELETE", "faults")

    assert api.customers.list().data == []


def test_a_dropped_answer_was_still_worked(api, control):
    control("POST", "faults", match={"method": "POST"}, drop_response=True)

    with pytest.raises(stripe.APIConnectionError):
        api.customers.create({"email": "ada@example.com"}, {"idempotency_key": "k"})

    assert api.customers.list({"email": "ada@example.com"}).data
    assert api.customers.create({"email": "ada@example.com"}, {"idempotency_key": "k"}).id
    assert len(api.customers.list().data) == 1


def test_a_delay_holds_up_one_call_only(api, control, demo_world):
    control("POST", "faults", match={"path": "/v1/products"}, delay=1.5)
    slow = threading.Thread(target=api.products.list)
    slow.start()
    eventually(lambda: not demo_world.faults.rules)

    api.customers.list()

    assert slow.is_alive()
    slow.join()


def test_pages_of_other_sites_cannot_call(stripe_sandbox):
    address = stripe_sandbox.url.removeprefix("http://")
    connection = http.client.HTTPConnection(address)
    connection.request("POST", "/_sandbox/reset", b"{}", {"Origin": "https://evil.example"})

    assert connection.getresponse().status == 403
    connection.close()


def test_what_a_patch_sets_into_the_past_stays(shop, control, demo_world):
    subscription = shop.buy()
    item = subscription["items"].data[0]

    control("PATCH", f"objects/{item.id}", current_period_end=demo_world.wall_clock() - 60)
    run_due(demo_world)

    assert shop.subscription(subscription.id)["items"].data[0].current_period_end < demo_world.wall_clock()
    assert len(shop.invoices(subscription)) == 1


def test_time_goes_on_past_a_broken_object(shop, control):
    broken, sound = shop.buy(), shop.buy()
    control("PATCH", f"objects/{broken.id}", items={"data": []}, trial_end=None, status="trialing")
    control(
        "PATCH", f"objects/{broken.latest_invoice}", status="draft", auto_advance=True, customer="cus_none"
    )

    status, _ = control("POST", "clock", advance=32 * DAY)

    assert status == 200
    assert len(shop.invoices(sound)) == 2


def test_a_fault_may_name_the_error_alone(api, control):
    control(
        "POST", "faults", match={}, error={"type": "card_error", "code": "card_declined", "message": "No."}
    )

    with pytest.raises(stripe.CardError) as refused:
        api.customers.list()

    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")


def test_a_foreign_name_for_this_machine_is_refused(stripe_sandbox):
    address = stripe_sandbox.url.removeprefix("http://")
    connection = http.client.HTTPConnection(address)
    connection.request("GET", "/_sandbox/requests", headers={"Host": "rebound.evil.example"})

    assert connection.getresponse().status == 403
    connection.close()
