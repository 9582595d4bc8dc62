"""In this test process the product's own HTTP client reaches the sandbox without a socket."""

from __future__ import annotations

import socket
import time
from typing import NoReturn

import pytest
import stripe

from apps.subscriptions import gateway, stripe_api
from apps.subscriptions.errors import KeyInUse, StripeUnavailable
from stripe_sandbox.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a call went over the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_calls_need_no_network(stripe_world: World, no_network: None) -> None:
    made = stripe_api.customers.create({"n": "1"}, idempotency_key="k")

    assert isinstance(stripe.default_http_client, gateway.BudgetedClient)
    assert stripe_api.customers.retrieve(made["id"])["metadata"] == {"n": "1"}
    assert [customer["id"] for customer in stripe_world.all("customer")] == [made["id"]]


def test_a_budget_ends_a_slow_call_and_stripe_does_its_work_late(
    stripe_world: World, no_network: None
) -> None:
    stripe_world.faults.add({"match": {"path": "/v1/customers"}, "delay": 0.5})

    with pytest.raises(StripeUnavailable), gateway.time_budget(0.1):
        stripe_api.customers.create({}, idempotency_key="k")

    assert stripe_world.all("customer") == []
    until = time.monotonic() + 10
    while not stripe_world.all("customer") and time.monotonic() < until:
        time.sleep(0.02)
    assert len(stripe_world.all("customer")) == 1


def test_a_lost_answer_is_asked_for_again_with_the_same_key(stripe_world: World, no_network: None) -> None:
    stripe_world.faults.add({"match": {"method": "POST"}, "drop_response": True})

    made = stripe_api.customers.create({"n": "1"}, idempotency_key="k")

    assert [customer["id"] for customer in stripe_world.all("customer")] == [made["id"]]
    assert [entry["replayed"] for entry in stripe_world.requests.since(0)] == [False, True]


def give_up_early(stripe_world: World, delay: float) -> None:
    """A first try that nobody waits for any more; Stripe is still at it."""
    stripe_world.faults.add({"match": {"path": "/v1/customers"}, "delay": delay})
    with pytest.raises(StripeUnavailable), gateway.time_budget(0.1):
        stripe_api.customers.create({"n": "1"}, idempotency_key="k")


def test_a_second_try_waits_for_the_first_one(stripe_world: World, no_network: None) -> None:
    give_up_early(stripe_world, delay=5)

    with gateway.time_budget(60):
        made = stripe_api.customers.create({"n": "1"}, idempotency_key="k")

    assert [customer["id"] for customer in stripe_world.all("customer")] == [made["id"]]


def test_who_cannot_wait_hears_that_the_first_try_is_under_way(stripe_world: World, no_network: None) -> None:
    give_up_early(stripe_world, delay=3)

    with pytest.raises(KeyInUse) as refused, gateway.time_budget(2):
        stripe_api.customers.create({"n": "1"}, idempotency_key="k")

    assert "first try is still under way" in str(refused.value.customer_text)
