"""What costs something may be asked for so often; whoever is over it reads for how long to wait."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from apps.core.limits import Rate, TooOften, rates, spend, too_often
from apps.core.tests.logs import read_log
from apps.core.tests.test_cache import cache_at

NOON = "2026-12-03T12:00:00Z"


def visitor(address: str = "198.51.100.7", **headers: str) -> HttpRequest:
    request = RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)
    request.user = AnonymousUser()
    return request


@pytest.fixture(autouse=True)
def two_an_hour(settings: Any) -> None:
    settings.RATE_LIMITS = {"door": "2/h/ip", "both": "3/h/team,2/h/ip", "open": ""}


def passes(name: str = "door", **more: Any) -> bool:
    try:
        spend(more.pop("request", visitor()), name, **more)
    except TooOften:
        return False
    return True


def test_so_often_and_no_more_until_the_hour_is_over() -> None:
    with time_machine.travel(NOON) as clock:
        assert [passes(), passes(), passes()] == [True, True, False]
        clock.shift(3599)
        assert not passes()
        clock.shift(1)
        assert passes()


def test_everybody_has_their_own() -> None:
    with time_machine.travel(NOON):
        assert [passes() for _time in range(3)] == [True, True, False]
        assert passes(request=visitor("203.0.113.9"))


def test_what_is_too_much_takes_nothing_from_what_is_left() -> None:
    with time_machine.travel(NOON):
        assert passes("both", team="a")
        assert not passes("both", team="a", cost=3)
        assert passes("both", team="a")
        assert not passes("both", team="a")
        assert passes("both", team="a", request=visitor("203.0.113.9")), "a refusal took from the team's"


def test_no_limit_is_none() -> None:
    assert all(passes("open") for _time in range(100))


def test_who_waits_is_told_for_how_long_and_the_log_has_no_address() -> None:
    with time_machine.travel("2026-12-03T12:45:00Z"), read_log() as log:
        passes(), passes()
        with pytest.raises(TooOften) as refused:
            spend(visitor(), "door")

    assert refused.value.retry_after == 900
    assert "Too often: door" in log.text
    assert "198.51.100.7" not in log.text


def test_a_page_for_people_and_json_for_programs() -> None:
    page = too_often(visitor(accept="text/html,*/*"), 900)
    answer = too_often(visitor(accept="application/json"), 900)

    assert page.status_code == answer.status_code == 429
    assert page["Retry-After"] == answer["Retry-After"] == "900"
    assert "try again in 15 minutes" in page.content.decode()
    assert answer.content == b'{"error": "too_often", "retry_after": 900}'
    assert "no-store" in page["Cache-Control"]


def test_without_redis_each_process_counts_for_itself(settings: Any) -> None:
    settings.CACHES = cache_at("redis://127.0.0.1:1/0")

    assert [passes(), passes(), passes()] == [True, True, False]


def test_a_cache_that_forgets_at_once_stops_nobody(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert all(passes() for _time in range(5))


@pytest.mark.parametrize("text", ["ten/m/ip", "10/m", "10/w/ip", "0/m/ip", "10/m/"])
def test_a_limit_that_does_not_read_is_not_taken_for_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"0|10|unpack|invalid literal"):
        rates(text)


def test_the_notation() -> None:
    assert rates("10/m/ip, 5/300s/key") == [Rate(10, 60, "ip"), Rate(5, 300, "key")]


def test_every_limit_of_the_settings_reads_and_is_written_down() -> None:
    from config.settings import base  # noqa: PLC0415 - the values before this test's

    book = (project.BASE_DIR / "docs" / "security.md").read_text()
    for name, text in {**base.RATE_LIMITS, **base.ACCOUNT_RATE_LIMITS}.items():
        assert rates(text)
        assert re.search(rf"^\| `{name}` \| `{re.escape(text)}` \|", book, re.M), f"docs/security.md: {name}"
