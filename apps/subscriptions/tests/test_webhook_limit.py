"""Whoever sends events that Stripe did not sign is made to wait; Stripe never is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from apps.core.tests.logs import read_log
from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.tests.events import event, post
from stripe_sandbox.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _within_one_minute() -> Iterator[None]:
    """A slow machine must not come into the next one, where counting begins anew."""
    with time_machine.travel(time.time() // 60 * 60 + 1, tick=False):
        yield


def unsigned(address: str = "198.51.100.7") -> HttpResponse:
    return Client(REMOTE_ADDR=address).post("/stripe/webhook/", event(), content_type="application/json")


def test_thirty_a_minute_are_refused_and_then_not_even_that(stripe: World, secret: str) -> None:
    with read_log() as log:
        answers = [unsigned() for _time in range(40)]

    assert [answer.status_code for answer in answers] == [400] * 30 + [429] * 10
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert len(log.facts("Refused a webhook")) == 30
    assert unsigned("203.0.113.9").status_code == 400
    assert not WebhookEvent.objects.exists()


def test_what_stripe_signed_comes_through_all_the_same(stripe: World, secret: str) -> None:
    for _time in range(31):
        last = unsigned("127.0.0.1")

    answers = [post(event(id=f"evt_{n}"), secret, REMOTE_ADDR="127.0.0.1") for n in range(40)]

    assert last.status_code == 429
    assert {answer.status_code for answer in answers} == {200}
    assert WebhookEvent.objects.count() == 40


def test_while_redis_is_away_it_is_counted_here(stripe: World, secret: str, settings: Any) -> None:
    options = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5}
    backend = "apps.core.cache.RedisOrMemoryCache"
    settings.CACHES = {
        "default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0", "OPTIONS": options}
    }

    assert [unsigned().status_code for _time in range(31)] == [400] * 30 + [429]
