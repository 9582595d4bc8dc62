"""A connection to Stripe shared across fork answers one process with another's object."""

from __future__ import annotations

import os

import pytest
import stripe

from apps.subscriptions import gateway, stripe_api
from apps.subscriptions.errors import WrongObject

pytestmark = pytest.mark.django_db


def test_two_forked_children_each_get_what_they_asked_for(stripe_world, over_a_socket):
    ids = [stripe_api.customers.create({"n": str(n)}, idempotency_key=f"fork:{n}")["id"] for n in range(40)]
    stripe_api.customers.retrieve(ids[0])  # opens the parent's connection

    children = [_fork_and_fetch(ids), _fork_and_fetch(list(reversed(ids)))]

    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]


def _fork_and_fetch(ids: list[str]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        right = all(stripe_api.customers.retrieve(id)["id"] == id for _ in range(4) for id in ids)
        os._exit(0 if right else 1)
    except BaseException:  # noqa: BLE001 - the child must never return into pytest
        os._exit(2)


def test_an_answer_about_another_object_raises(stripe_world):
    other = stripe.Customer.construct_from({"id": "cus_other", "object": "customer"}, "key")

    with pytest.raises(WrongObject):
        gateway.plain(other, "cus_asked")
