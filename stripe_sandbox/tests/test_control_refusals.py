"""The control API is asked for nonsense: it says what is wrong, and nothing is done."""

import http.client
import json

import pytest
import stripe

from stripe_sandbox.tests.person import Person
from stripe_sandbox.tests.shop import DAY

WRONG = [
    ("reset", {"seed": "grand"}),
    ("reset", {"seed": 5}),
    ("reset", {"sead": "demo"}),
    ("reset", {"keep_endpoints": "yes"}),
    ("clock", {"advance": -1}),
    ("clock", {"advance": "soon"}),
    ("clock", {"advance": 1.5}),
    ("clock", {"advance": True}),
    ("clock", {"advance": 10**12}),
    ("clock", {"set": 1}),
    ("clock", {"set": 10**30}),
    ("clock", {"advence": 5}),
    ("delivery", {"mode": "later"}),
    ("delivery", {"modus": "hold"}),
    ("delivery/release", {"oder": "reverse"}),
    ("events", {"type": "customer.updated", "override": {"name": "Ada"}}),
    ("delivery/release", {"order": "sorted"}),
    ("delivery/release", {"seed": {}}),
    ("delivery/release", {"duplicate": -1}),
    ("delivery/release", {"drop": "evt_1"}),
    ("delivery/release", {"drop": [1]}),
    ("faults", {"match": "/v1/customers"}),
    ("faults", {"match": {"path": 1}}),
    ("faults", {"match": {"url": "/v1"}}),
    ("faults", {"times": 0}),
    ("faults", {"times": "often"}),
    ("faults", {"status": 99}),
    ("faults", {"delay": -1}),
    ("faults", {"error": "card_error"}),
    ("faults", {"drop_response": "yes"}),
    ("faults", {"dropresponse": True}),
    ("settings", {"after_retries": "pray"}),
    ("settings", {"rate_limit": -1}),
    ("settings", {"rate_limit": "25"}),
    ("settings", {"colour": "red"}),
    ("events", {"type": ""}),
    ("events", {"type": None}),
    ("events", {"type": "customer.updated", "object": 5}),
    ("events", {"type": "customer.updated", "overrides": []}),
    ("events", {"type": "customer.updated", "created": "now"}),
    ("events", {"type": "customer.updated", "livemode": 1}),
    ("events", {"type": "customer.updated", "previous_attributes": "name"}),
]


def names(case):
    return json.dumps(case) if isinstance(case, dict) else case


@pytest.mark.parametrize(("path", "body"), WRONG, ids=names)
def test_what_makes_no_sense_is_refused_by_its_name(demo_world, control, path, body):
    before = [obj["id"] for obj in demo_world.everything()]

    status, answer = control("POST", path, **body)

    error = answer["error"]
    assert (status, error["type"]) == (400, "invalid_request_error")
    assert any(name in error["message"] or name == error.get("param") for name in [*body, "path", "url"])
    assert [obj["id"] for obj in demo_world.everything()] == before
    assert (demo_world.offset, demo_world.faults.rules) == (0, [])


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"x"', b"\xff", b'{"advance": NaN}', b"[" * 100_000],
    ids=lambda body: repr(body[:9]),
)
def test_what_is_no_json_object_is_refused(stripe_sandbox, body):
    connection = http.client.HTTPConnection(stripe_sandbox.url.removeprefix("http://"))
    connection.request("POST", "/_sandbox/clock", body)
    answer = connection.getresponse()

    assert answer.status == 400
    assert json.loads(answer.read())["error"]["message"]
    connection.close()


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "%C2%B2", "9" * 40])
def test_a_number_to_begin_after_is_a_number(control, since):
    assert control("GET", f"requests?since={since}")[0] == 400
    assert control("GET", f"deliveries?since={since}")[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("PUT", "reset", 405),
        ("GET", "objects/sub_none", 404),
        ("PATCH", "objects/sub_none", 404),
        ("POST", "events/evt_none/resend", 404),
        ("POST", "checkout/cs_test_none/complete", 404),
    ],
)
def test_what_is_not_there_is_said_in_json(control, method, path, status):
    found, answer = control(method, path)

    assert found == status
    assert answer["error"]["message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "sub_other"},
        {"object": "customer"},
        {"items": "many"},
        {"items": {"data": {}}},
        {"metadata": []},
        {"$unset": "status"},
        {"$unset": [1]},
        {"items": {"$unset": "data"}},
    ],
    ids=json.dumps,
)
def test_a_patch_keeps_what_a_value_is(shop, control, changes):
    subscription = shop.buy()

    status, answer = control("PATCH", f"objects/{subscription.id}", **changes)

    assert status == 400, answer
    assert shop.subscription(subscription.id) == subscription


@pytest.mark.parametrize(
    "changes", [{"status": 5}, {"created": "today"}, {"cancel_at_period_end": 1}], ids=json.dumps
)
def test_a_patch_may_set_any_single_value(shop, control, changes):
    subscription = shop.buy()

    status, _ = control("PATCH", f"objects/{subscription.id}", **changes)

    assert status == 200
    assert changes.items() <= shop.subscription(subscription.id).to_dict().items()


def test_a_patch_may_set_words_stripe_never_sends(shop, control):
    subscription = shop.buy()

    status, _ = control(
        "PATCH", f"objects/{subscription.id}", status="dreaming", customer="cus_none", new={"a": [1]}
    )

    found = shop.subscription(subscription.id)
    assert status == 200
    assert (found.status, found.customer, found.new.a) == ("dreaming", "cus_none", [1])


def test_unset_of_nonsense_changes_nothing(shop, control):
    subscription = shop.buy()
    paths = ["", ".", "..", "a.b.c", "items.data.9.price", "items.data.x", "status.x", "id", "object"]

    status, _ = control("PATCH", f"objects/{subscription.id}", **{"$unset": paths})

    assert status == 200
    assert shop.subscription(subscription.id) == subscription


LOST = ["customer", "status", "items", "items.data.0.price", "items.data.0.id", "created"]


@pytest.mark.parametrize("path", LOST)
def test_an_object_that_lost_what_all_have_makes_no_page_fail(api, shop, control, demo_world, path):
    subscription = shop.buy()
    person = Person(demo_world)

    assert control("PATCH", f"objects/{subscription.id}", **{"$unset": [path]})[0] == 200

    for page in ("/", f"/objects/{subscription.id}"):
        assert person.get(page).status < 500
    assert api.subscriptions.retrieve(subscription.id).id == subscription.id


def test_a_call_that_stumbles_over_a_patched_object_says_so(api, shop, control):
    subscription = shop.buy()
    control("PATCH", f"objects/{subscription.id}", **{"$unset": ["items"]})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.invoices.create_preview({"subscription": subscription.id})

    assert subscription.id in refused.value.user_message


def test_time_passes_an_object_that_lost_its_dates(shop, control):
    broken, sound = shop.buy(), shop.buy()
    control("PATCH", f"objects/{broken.id}", **{"$unset": ["status", "items.data.0.current_period_end"]})

    assert control("POST", "clock", advance=32 * DAY)[0] == 200

    assert len(shop.invoices(sound)) == 2


def test_settings_are_told_and_kept(control):
    assert control("GET", "settings")[1] == {"after_retries": "cancel", "rate_limit": None}

    control("POST", "settings", after_retries="unpaid", rate_limit=25)

    assert control("GET", "settings")[1] == {"after_retries": "unpaid", "rate_limit": 25}
    assert control("POST", "settings", rate_limit=0)[1] == {"after_retries": "unpaid", "rate_limit": None}
