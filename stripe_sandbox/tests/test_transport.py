"""With and without a socket: the same world, the same answers, the same bad days."""

import re
import threading

import pytest
import requests
import stripe
from stripe import RequestsClient, StripeClient

from stripe_sandbox.tests.shop import KEY, Shop, eventually
from stripe_sandbox.transport import in_process_client, in_process_session

ID = re.compile(r"\b([a-z]+(?:_test)?)_\w{14,}\b")


def through_process(running, timeout=80):
    return in_process_client(running, KEY, timeout).v1


def through_socket(running, timeout=80):
    http_client = RequestsClient(timeout=timeout)
    return StripeClient(KEY, base_addresses={"api": running.url}, http_client=http_client).v1


@pytest.fixture(params=[through_process, through_socket], ids=["process", "socket"])
def connect(request):
    """Both roads, one after the other."""
    return request.param


@pytest.fixture
def sold(stripe_sandbox, demo_world):
    return stripe_sandbox


def shape(value):
    """Everything of an answer but what two runs cannot have in common: ids and times."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, str):
        return ID.sub(r"\1", value)
    return "time" if isinstance(value, int) and value > 1_000_000_000 else value


def story(api, world):
    """A customer buys, adds seats, is refused nonsense, and ends."""
    shop = Shop(api, world)
    sub = shop.buy("pro-month", quantity=3)
    told = [sub, shop.seats(sub, 5), api.subscriptions.list({"customer": sub.customer, "limit": 1})]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.retrieve("sub_none")
    told.append(api.subscriptions.cancel(sub.id))
    return [shape(answer.to_dict()) for answer in told], refused.value.json_body, shop.events()


def test_one_story_has_one_outcome_on_both_roads(sold):
    in_process = story(through_process(sold), sold.world)
    sold.world.reset("demo")
    by_socket = story(through_socket(sold), sold.world)

    assert in_process == by_socket


def test_both_roads_lead_to_one_world(sold):
    made = through_process(sold).customers.create({"name": "Ada Lovelace"}, {"idempotency_key": "k"})

    again = through_socket(sold).customers.create({"name": "Ada Lovelace"}, {"idempotency_key": "k"})

    assert again.id == made.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_status_and_headers_arrive(sold, connect):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        connect(sold).customers.create({"colour": "red"}, {"idempotency_key": "k"})

    headers = refused.value.headers
    assert refused.value.http_status == 400
    assert headers["Request-Id"] == sold.world.requests.since(0)[-1]["id"]
    assert (headers["Idempotency-Key"], headers["content-type"]) == ("k", "application/json")


def test_who_waits_too_long_gives_up_and_the_work_is_done_late(sold, connect):
    sold.world.faults.add({"match": {"path": "/v1/customers"}, "delay": 1.5})

    with pytest.raises(stripe.APIConnectionError) as gave_up:
        connect(sold, timeout=0.1).customers.create({"name": "Late"})

    assert isinstance(gave_up.value.__cause__, requests.exceptions.ReadTimeout)
    assert sold.world.all("customer") == []
    assert eventually(lambda: sold.world.all("customer"))[0]["name"] == "Late"


def test_after_a_reset_late_work_is_not_done_at_all(sold, connect):
    sold.world.faults.add({"match": {"path": "/v1/customers"}, "delay": 1.5})
    with pytest.raises(stripe.APIConnectionError):
        connect(sold, timeout=0.1).customers.create({})
    log = sold.world.requests.entries

    late = log[-1]
    sold.world.reset("demo")

    assert eventually(lambda: late["status"]) == 500
    assert sold.world.all("customer") == []


def test_an_answer_may_get_lost_after_the_work(sold, connect):
    sold.world.faults.add({"match": {"method": "POST"}, "drop_response": True})

    with pytest.raises(stripe.APIConnectionError) as lost:
        connect(sold).customers.create({"name": "Ada"})

    assert isinstance(lost.value.__cause__, requests.exceptions.ConnectionError)
    assert [customer["name"] for customer in sold.world.all("customer")] == ["Ada"]


def test_a_short_delay_is_only_slow(sold, connect):
    sold.world.faults.add({"match": {}, "delay": 0.05})

    assert connect(sold, timeout=5).customers.create({"name": "Ada"}).name == "Ada"


def test_bodies_and_queries_arrive_as_they_were_sent(sold, connect):
    api = connect(sold)
    name = "Grüße, 東京 & co = [50%] + ?"

    made = api.customers.create({"name": name, "metadata": {"a[b]": "x"}})

    assert api.customers.retrieve(made.id).name == name
    assert api.customers.list({"email": "a+b@example.com"}).data == []


def test_pages_lead_to_where_the_call_came_from(sold, connect):
    session = Shop(connect(sold), sold.world).session()

    assert session.url.startswith(f"{sold.url}/checkout/")


def test_threads_share_one_session(sold):
    api = through_process(sold)
    threads = [
        threading.Thread(target=lambda n=n: [api.customers.create({"name": f"{n}-{i}"}) for i in range(10)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    names = {customer["name"] for customer in sold.world.all("customer")}
    assert names == {f"{n}-{i}" for n in range(8) for i in range(10)}


def test_other_addresses_are_none_of_its_business(sold):
    session = in_process_session(sold.app, sold.url)

    with pytest.raises(requests.exceptions.ConnectionError):
        session.get("http://127.0.0.1:9/v1/customers", timeout=1)
