"""Two questions to Stripe at the same time."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial

import pytest
import stripe as stripe_python
from requests import Session

from apps.subscriptions import gateway
from apps.subscriptions.errors import NotFoundAtStripe, StripeUnavailable
from apps.subscriptions.stripe_api import customers, snapshots
from apps.subscriptions.stripe_api.meanwhile import meanwhile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("over_a_socket")]


class BothAtOnce(gateway.BudgetedClient):
    """No call goes out before a second one is there: one after the other, they would wait in vain."""

    both = threading.Barrier(2, timeout=5)

    def request(self, *args, **options):
        self.both.wait()
        return super().request(*args, **options)


def test_it_is_asked_while_the_other_is_under_way():
    begun, go_on = threading.Event(), threading.Event()

    def ask() -> str:
        begun.set()
        assert go_on.wait(5)
        return "answered"

    with meanwhile(ask) as asked:
        assert begun.wait(5)
        go_on.set()

        assert asked() == "answered"


def test_it_has_the_time_that_the_request_has_left(stripe, holder, buy):
    customer_id = buy(holder, "starter").stripe_customer_id
    match = {"method": "GET", "path": f"/v1/customers/{customer_id}"}
    stripe.faults.add({"match": match, "times": None, "delay": 2})

    with (
        gateway.time_budget(0.2),
        meanwhile(partial(customers.retrieve, customer_id)) as asked,
        pytest.raises(StripeUnavailable),
    ):
        asked()


def test_what_goes_wrong_is_told_to_who_wants_the_answer_only():
    def ask() -> None:
        raise NotFoundAtStripe("no such customer")

    with meanwhile(ask):
        """Nobody asks for the result."""

    with meanwhile(ask) as asked, pytest.raises(NotFoundAtStripe):
        asked()


def test_nothing_is_under_way_any_more_when_the_other_failed():
    left: list[str] = []

    with pytest.raises(StripeUnavailable), meanwhile(lambda: left.append("answered")):
        raise StripeUnavailable("no answer")

    assert left == ["answered"]


def test_a_process_that_was_forked_asks_as_well():
    with meanwhile(lambda: "before") as asked:
        assert asked() == "before"

    child = os.fork()
    if not child:
        signal.alarm(5)  # ends it, should it wait for ever
        try:
            with meanwhile(lambda: "in the child") as asked:
                os._exit(0 if asked() == "in the child" else 1)
        finally:
            os._exit(2)  # the child must never return into pytest

    assert os.waitpid(child, 0)[1] == 0


def test_invoices_are_read_while_subscriptions_are(stripe, holder, buy, monkeypatch):
    customer_id = buy(holder, "starter").stripe_customer_id
    monkeypatch.setattr(stripe_python, "default_http_client", BothAtOnce())

    snapshot = snapshots.fetch(customer_id)

    assert (len(snapshot.subscriptions), len(snapshot.invoices)) == (1, 1)


def test_a_client_that_takes_one_call_at_a_time_is_asked_when_the_answer_is_wanted(monkeypatch):
    monkeypatch.setattr(stripe_python, "default_http_client", gateway.BudgetedClient(session=Session()))
    asked_in = []

    with meanwhile(lambda: asked_in.append(threading.current_thread())) as asked:
        assert asked_in == []
        asked()

    assert asked_in == [threading.main_thread()]
