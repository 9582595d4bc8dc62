"""The contract's checker catches what it is for. Small descriptions of our own; no network."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from typing import Any

import pytest
import stripe

from stripe_sandbox.contract import description
from stripe_sandbox.contract.allowed import Deviation, without_allowed
from stripe_sandbox.contract.checks import Contract, Result
from stripe_sandbox.contract.description import Description, NoDescription
from stripe_sandbox.contract.recorded import Recorded, read
from stripe_sandbox.recording import Recorder
from stripe_sandbox.shapes import shape
from stripe_sandbox.tests.shop import KEY
from stripe_sandbox.world import World


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": 5000, **more}


def answers(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"content": {"application/json": {"schema": schema}}}}


def body(**properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": []}
    return {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}


SEAT = {"type": "object", "properties": {"price": text(), "quantity": {"type": "integer"}}}
CUSTOMER = {"$ref": "#/components/schemas/customer"}
LIST = {
    "type": "object",
    "required": ["data", "has_more", "object", "url"],
    "properties": {
        "object": text(enum=["list"]),
        "data": {"type": "array", "items": CUSTOMER},
        "has_more": {"type": "boolean"},
        "url": text(pattern="^/v1/customers"),
    },
}
DOCUMENT: dict[str, Any] = {
    "info": {"version": "2026-08-26.dahlia"},
    "paths": {
        "/v1/customers": {
            "post": {
                "requestBody": body(
                    email=text(),
                    trial={"anyOf": [text(enum=["now"]), {"type": "integer", "format": "unix-time"}]},
                    tax=text(enum=["exempt", "none"]),
                    metadata={"anyOf": [{"type": "object", "additionalProperties": text()}, text(enum=[""])]},
                    seats={"type": "array", "items": SEAT},
                ),
                "responses": answers(CUSTOMER),
            },
            "get": {
                "parameters": [{"in": "query", "name": "limit", "schema": {"type": "integer"}}],
                "responses": answers(LIST),
            },
        },
        "/v1/customers/{customer}": {"get": {"responses": answers(CUSTOMER)}},
        "/v1/webhook_endpoints": {
            "post": {
                "requestBody": body(
                    enabled_events={
                        "type": "array",
                        "items": text(enum=["*", "customer.created", "customer.updated"]),
                    }
                )
            }
        },
    },
    "components": {
        "schemas": {
            "customer": {
                "type": "object",
                "required": ["id", "object", "created", "tax"],
                "properties": {
                    "id": text(),
                    "object": text(enum=["customer"]),
                    "created": {"type": "integer", "format": "unix-time"},
                    "tax": text(enum=["exempt", "none"]),
                    "email": text(nullable=True),
                    "address": {"anyOf": [{"$ref": "#/components/schemas/address"}], "nullable": True},
                    "metadata": {"type": "object", "additionalProperties": text()},
                    "friend": {
                        "anyOf": [text(), {"$ref": "#/components/schemas/customer"}],
                        "nullable": True,
                    },
                },
            },
            "address": {"type": "object", "required": ["city"], "properties": {"city": text()}},
            "error": {
                "type": "object",
                "required": ["error"],
                "properties": {
                    "error": {
                        "type": "object",
                        "required": ["type"],
                        "properties": {
                            "type": text(enum=["api_error", "invalid_request_error"]),
                            "code": text(),
                        },
                    }
                },
            },
            "event": {
                "type": "object",
                "required": ["id", "type", "data"],
                "properties": {
                    "id": text(),
                    "type": text(),
                    "object": text(enum=["event"]),
                    "data": {
                        "type": "object",
                        "required": ["object"],
                        "properties": {
                            "object": {"type": "object", "additionalProperties": True},
                            "previous_attributes": {"type": "object", "additionalProperties": True},
                        },
                    },
                },
            },
        }
    },
}
ADA = {
    "id": "cus_1",
    "object": "customer",
    "created": 1,
    "tax": "none",
    "email": None,
    "metadata": {"a": "b"},
}
CALL = {"method": "GET", "path": "/v1/customers/cus_1", "status": 200, "origin": "product", "expand": []}


@pytest.fixture
def contract() -> Contract:
    return Contract(Description(copy.deepcopy(DOCUMENT)))


def wrong_answers(contract: Contract, shown: dict[str, Any], **call: Any) -> list[tuple[str, str]]:
    sighting = {"kind": "object", **CALL, "body": shown, **call}
    return [(found.where, found.problem) for found in contract.answer(sighting)]


def wrong_requests(
    contract: Contract, *pairs: tuple[str, str], version: str = "2026-08-26.dahlia", **call: Any
) -> list[tuple[str, str]]:
    asked = {"method": "POST", "path": "/v1/customers", "pairs": pairs, "version": version, **call}
    return [(found.where, found.problem) for found in contract.request(asked)]


def wrong_events(contract: Contract, shown: dict[str, Any], **data: Any) -> list[tuple[str, str]]:
    event = {"id": "evt_1", "object": "event", "type": "customer.updated", "data": {"object": shown, **data}}
    return [(found.where, found.problem) for found in contract.event({"kind": "event", "body": event})]


def test_an_answer_as_stripe_gives_it_is_valid(contract):
    assert wrong_answers(contract, {**ADA, "address": {"city": "London"}}) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"tax": "reverse"}, ("customer.tax", "enum")),
        ({"plan": "pro"}, ("customer.plan", "undeclared")),
        ({"created": "1"}, ("customer.created", "type")),
        ({"created": True}, ("customer.created", "type")),
        ({"tax": None}, ("customer.tax", "type")),
        ({"email": "a" * 5001}, ("customer.email", "length")),
        ({"created": -1}, ("customer.created", "minimum")),
        ({"address": {}}, ("address.city", "missing")),
        ({"address": {"city": "London", "planet": "Earth"}}, ("address.planet", "undeclared")),
        ({"metadata": {"a": 1}}, ("customer.metadata.a", "type")),
    ],
)
def test_a_wrong_answer_is_named(contract, change, expected):
    assert wrong_answers(contract, {**ADA, **change}) == [expected]


def test_what_may_also_be_null_is_told_by_its_proper_type(contract):
    (wrong,) = contract.answer({**CALL, "body": {**ADA, "email": 7}})

    assert wrong.story == "7 is not of type string"


def test_a_missing_key_is_named(contract):
    shown = {key: value for key, value in ADA.items() if key != "tax"}

    assert wrong_answers(contract, shown) == [("customer.tax", "missing")]


def test_each_object_of_a_list_counts(contract):
    page = {"object": "list", "data": [ADA, {**ADA, "tax": "odd"}], "has_more": False, "url": "/v1/prices"}

    wrong = wrong_answers(contract, page, path="/v1/customers")

    assert wrong == [("customer.tax", "enum"), ("GET /v1/customers.url", "pattern")]


def test_an_answer_to_a_call_that_stripe_does_not_have_is_wrong(contract):
    assert wrong_answers(contract, ADA, path="/v1/clients/cus_1") == [("GET /v1/clients/cus_1", "operation")]


def test_an_id_becomes_an_object_only_for_who_asks(contract):
    shown = {**ADA, "friend": {**ADA, "friend": ADA}}

    told = [wrong_answers(contract, shown, expand=asked) for asked in ([], ["friend"], ["friend.friend"])]

    assert told == [[("customer.friend", "expansion")] * 2, [("customer.friend", "expansion")], []]
    assert wrong_events(contract, {**ADA, "friend": ADA}) == [("customer.friend", "expansion")]
    assert wrong_answers(contract, {**ADA, "friend": "cus_2"}) == []


def test_a_refusal_has_stripes_envelope_and_is_no_failure(contract):
    refusal = {"method": "POST", "path": "/v1/customers", "status": 400}

    told = [
        [found.problem for found in contract.refusal({**refusal, "body": {"error": error}, "status": status})]
        for status, error in [
            (400, {"type": "invalid_request_error", "code": "x"}),
            (400, {"type": "odd_error"}),
            (500, {"type": "api_error"}),
        ]
    ]

    assert told == [[], ["enum"], ["failure"]]


def test_a_request_as_stripe_takes_it_is_valid(contract):
    asked = [
        ("email", "ada@example.com"),
        ("trial", "1790000000"),
        ("metadata[0]", "digits may be keys"),
        ("seats[0][price]", "price_1"),
        ("seats[0][quantity]", "3"),
        ("seats[1][price]", "price_2"),
    ]

    assert wrong_requests(contract, *asked) == []
    assert wrong_requests(contract, ("trial", "now"), ("metadata", "")) == []


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (("coupon", "half"), ("coupon", "undeclared")),
        (("seats[0][seat]", "1"), ("seats.seat", "undeclared")),
        (("seats[0][quantity]", "three"), ("seats.quantity", "type")),
        (("tax", "reverse"), ("tax", "enum")),
        (("trial", "soon"), ("trial", "enum")),
        (("seats", ""), ("seats", "type")),
    ],
)
def test_a_wrong_parameter_is_named(contract, pair, expected):
    where, problem = expected

    assert wrong_requests(contract, pair) == [(f"POST /v1/customers.{where}", problem)]


def test_a_request_of_another_version_or_operation_or_form_is_wrong(contract):
    told = [
        wrong_requests(contract, version="2024-01-01"),
        wrong_requests(contract, path="/v1/clients"),
        wrong_requests(contract, ("seats[0", "x")),
        wrong_requests(contract, ("limit", "ten"), method="GET"),
    ]

    assert [[problem for _, problem in wrong] for wrong in told] == [
        ["version"],
        ["operation"],
        ["form"],
        ["type"],
    ]


def test_an_event_shows_a_valid_object_and_what_it_was_before(contract):
    assert wrong_events(contract, ADA, previous_attributes={"email": "old@example.com"}) == []
    assert wrong_events(contract, {**ADA, "tax": "odd"}) == [("customer.tax", "enum")]
    assert wrong_events(contract, ADA, previous_attributes={"mail": ""}) == [("customer.mail", "undeclared")]
    assert wrong_events(contract, {"object": "client"}) == [("object", "type")]


def test_an_event_type_that_stripe_does_not_have_is_named(contract):
    found = list(contract.types({"customer.created", "customer.promoted"}))

    assert [one.subject for one in found] == ["customer.promoted"]


def test_an_operation_that_no_test_has_seen_to_answer_is_named():
    offered = ["GET /v1/customers/{customer}", "POST /v1/customers"]
    contract = Contract(Description(DOCUMENT), offered)

    found = list(contract.unanswered([{**CALL, "body": ADA}]))

    assert [one.subject for one in found] == ["POST /v1/customers"]


def test_a_known_deviation_is_taken_out_and_an_idle_one_is_stale(contract):
    shown = Recorded([{"kind": "object", **CALL, "body": {**ADA, "plan": "pro"}}])
    shown.counts["object product"] = 1
    results = contract.check(shown)
    needed = Deviation("customer.plan", "undeclared", "Stripe sends it without declaring it")
    idle = Deviation("customer.nick", "undeclared", "was sent once")

    taken, stale = without_allowed(results, [needed, idle])

    assert (taken, stale) == (1, [idle])
    assert results[0].ok


def test_an_object_that_nobody_asked_for_is_judged_when_its_world_ends(contract):
    told = [
        [(found.where, found.problem) for found in contract.kept({"body": shown})]
        for shown in (ADA, {**ADA, "tax": "odd"}, {"object": "customer", "id": "cus_1", "deleted": True})
    ]

    assert told == [[], [("customer.tax", "enum")], [("object", "type")]]


def test_nothing_recorded_is_no_success():
    assert not Result("objects", 0).ok


def test_what_is_recorded_is_counted_and_kept_once_if_alike(tmp_path):
    world, recorder = World(), Recorder(tmp_path, "product")
    people = [{**ADA, "id": f"cus_{letter * 14}", "created": 10} for letter in "AB"]

    for person in people:
        recorder.asked("GET", f"/v1/customers/{person['id']}", [], None)
        recorder.answered(world, {**CALL, "path": f"/v1/customers/{person['id']}"}, person)
    recorder.answered(world, CALL, {"object": "list", "data": people})
    recorder.answered(world, {**CALL, "status": 500}, {"error": {}}, unreal=True)

    recorded = read(tmp_path)
    assert {kind: recorded.count(kind) for kind in ("request", "object", "list", "injected")} == {
        "request": 2,
        "object": 4,
        "list": 1,
        "injected": 1,
    }
    assert [len(recorded.of(kind)) for kind in ("request", "object", "list")] == [1, 1, 1]
    assert len(recorded.of("list")[0]["body"]["data"]) == 1


def test_a_server_that_is_killed_loses_nothing_it_recorded(tmp_path):
    env = {**os.environ, "STRIPE_SANDBOX_RECORD": str(tmp_path), "STRIPE_SANDBOX_RECORD_ORIGIN": "product"}
    command = [sys.executable, "-m", "stripe_sandbox", "--port", "0"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    url = server.stdout.readline().split()[3]
    client = stripe.StripeClient(KEY, base_addresses={"api": url})

    client.v1.customers.create({"email": "ada@example.com"})
    server.kill()
    server.communicate()

    recorded = read(tmp_path)
    assert (recorded.count("request", "product"), recorded.count("object"), recorded.count("event")) == (
        1,
        1,
        1,
    )
    assert recorded.of("request")[0]["pairs"] == [["email", "ada@example.com"]]


def test_what_a_tester_sets_by_hand_is_no_truth_of_the_sandbox(tmp_path):
    world, recorder = World(), Recorder(tmp_path, "product")
    with world:
        world.add({**ADA, "_by_hand": True})

    recorder.answered(world, CALL, ADA)
    recorder.event(world, {"id": "evt_1", "object": "event", "data": {"object": ADA}})

    recorded = read(tmp_path)
    assert (recorded.count("by hand"), recorded.count("object"), recorded.count("event")) == (2, 0, 0)


def test_a_word_or_a_type_makes_another_shape_and_an_id_does_not():
    ada = {"id": "cus_QwErTyUiOp1234", "tax": "none", "amount": 5, "metadata": {"a": "1"}}

    same = {"id": "cus_AsDfGhJkLz5678", "tax": "none", "amount": 7, "metadata": {"b": "2"}}

    assert shape(ada) == shape(same)
    for change in (
        {"tax": "exempt"},
        {"amount": -5},
        {"amount": 5.0},
        {"amount": "5"},
        {"id": None},
        {"new": 1},
    ):
        assert shape(ada) != shape({**ada, **change})


def test_a_changed_description_is_refused_by_name(tmp_path, monkeypatch):
    path = tmp_path / "spec3.json"
    path.write_text(json.dumps(DOCUMENT))
    monkeypatch.setenv("STRIPE_DESCRIPTION", str(path))

    with pytest.raises(NoDescription, match="sha256"):
        description.load()


def test_without_a_network_the_cause_and_the_cure_are_named(tmp_path, monkeypatch):
    monkeypatch.delenv("STRIPE_DESCRIPTION", raising=False)
    monkeypatch.setattr(description, "KEPT", tmp_path / "spec3.json")
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")

    with pytest.raises(NoDescription, match=r"could not be downloaded.*STRIPE_DESCRIPTION"):
        description.load()
