"""Asked to end, everybody ends what they have begun, and leaves the rest where the next one finds it."""

from __future__ import annotations

import signal
import socket
import threading
from typing import Any

import pytest

from apps.subscriptions.models import WebhookEvent
from apps.teams.tests.factories import TeamFactory
from tests.outages.town import Child, Town, until
from tests.sockets import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.team_holder]

SLOW = 2.0  # seconds that Stripe takes for an answer


def stripe_is_slow(town: Town, path: str) -> None:
    town.world.faults.add({"match": {"path": path}, "times": None, "delay": SLOW})


def end(child: Child) -> int:
    child.process.send_signal(signal.SIGTERM)
    return child.process.wait(timeout=120)


def test_gunicorn_ends_the_request_it_has_and_takes_no_other(town: Town) -> None:
    team = TeamFactory()
    web = town.web()
    owner = Visitor(web.url, team.memberships.owners().get().user)
    owner.look(f"/a/{team.slug}/subscription/")
    answers: list[Any] = []
    customers = len(town.world.all("customer"))
    stripe_is_slow(town, "/v1/checkout/sessions")
    checkout = threading.Thread(
        target=lambda: answers.append(
            owner.send(f"/a/{team.slug}/subscription/checkout/", plan="pro", interval="month")
        )
    )

    checkout.start()
    until(lambda: len(town.world.all("customer")) > customers, "the request is under way")
    code = end(web.child)
    checkout.join()

    town.world.faults.clear()
    assert code == 0
    assert [status for status, _page in answers] == [302]
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", web.port)):
        pass


def test_a_worker_ends_its_task_and_leaves_the_others_to_the_next(town: Town) -> None:
    teams = [TeamFactory() for _ in range(4)]
    web, worker = town.web(), town.worker()
    for team in teams:
        town.pay(team)
    stripe_is_slow(town, "/v1/subscriptions")
    news, began = town.news(), len(town.log)
    assert {web.deliver(signed) for signed in news} == {200}
    until(lambda: town.said("task=process_events", by="worker", since=began), "a task is under way")

    code = end(worker)

    town.world.faults.clear()
    assert code == 0
    assert not town.said("Worker exited prematurely", by="worker")
    waiting = WebhookEvent.objects.filter(processed_at=None)
    done, left = len(news) - waiting.count(), waiting.count()
    assert done
    assert left
    assert town.in_queues()
    assert town.redis().hlen("unacked") == 0, "what it had taken is back in the queue"

    town.worker()
    until(lambda: not waiting.exists(), "the next one does the rest")


def test_beat_ends_whatever_it_is_at(town: Town) -> None:
    for name in ("first", "second", "third"):
        beat = town.beat(name)
        until(lambda name=name: town.said("Sending due task", by=name), "it is at its work")

        assert end(beat) == 0
