"""How often something may be asked for: RATE_LIMITS in the settings, counted in Django's cache.

For what allauth does not limit itself; its own limits are ACCOUNT_RATE_LIMITS, in the same notation. A
counter for each stretch of time, not a sliding one: at the turn twice as much may pass, which costs nobody
anything, and a count is one atomic step that no two processes can disagree about. While Redis is away each
process counts for itself (`cache.py`).
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.cache import add_never_cache_headers

logger = logging.getLogger(__name__)

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
A_MINUTE = 60


class TooOften(Exception):
    """What was asked for is not done. `retry_after`: seconds until it may be asked again."""

    def __init__(self, name: str, retry_after: int) -> None:
        super().__init__(name)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Rate:
    amount: int
    seconds: int
    per: str


@lru_cache
def rates(text: str) -> list[Rate]:
    """`10/m/ip, 200/d/team`; "" is no limit. ValueError for what does not read."""
    return [_rate(part.strip()) for part in text.split(",") if part.strip()]


def _rate(part: str) -> Rate:
    amount, length, per = part.split("/")
    unit = UNITS.get(length[-1:])
    if unit is None or not per or int(amount) < 1:
        raise ValueError(part)
    return Rate(int(amount), unit * int(length[:-1] or 1), per)


def spend(request: HttpRequest, name: str, *, cost: int = 1, **whose: object) -> None:
    """Raises TooOften, and takes nothing, when a limit of that name has less left than `cost`.

    `ip` and `user` are known from the request; others, `team` for one, are given.
    """
    whose = {"ip": _network_of(request.META.get("REMOTE_ADDR", "")), "user": _user_key(request), **whose}
    taken: list[str] = []
    for rate in rates(settings.RATE_LIMITS[name]):
        key, seconds_left = _window(name, rate, whose[rate.per])
        taken.append(key)
        if _add(key, cost, rate.seconds) > rate.amount:
            for each in taken:
                _add(each, -cost, rate.seconds)
            logger.warning(
                "Too often: %s, more than %s/%s s for one %s", name, rate.amount, rate.seconds, rate.per
            )
            raise TooOften(name, seconds_left)


def limited(name: str, *methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view that may be asked for so often, by these methods or by any."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def within(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not methods or request.method in methods:
                spend(request, name)
            return view(request, *args, **kwargs)

        return within

    return decorate


class LimitsMiddleware:
    """Answers a view's TooOften with 429."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return too_often(request, error.retry_after) if isinstance(error, TooOften) else None


def too_often(request: HttpRequest, retry_after: int = A_MINUTE) -> HttpResponse:
    """Also config/urls.py's `handler429`, which allauth asks: how long its limits last, it does not tell."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        response: HttpResponse = JsonResponse({"error": "too_often", "retry_after": retry_after}, status=429)
    else:
        context = {"request": request, "minutes": math.ceil(retry_after / 60)}
        response = HttpResponse(loader.get_template("429.html").render(context), status=429)
    response["Retry-After"] = str(retry_after)
    add_never_cache_headers(response)
    return response


def _network_of(address: str) -> str:
    """Of IPv6 the /64: whoever has one address there has all of them. So do allauth's limits."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network(f"{address}/64", strict=False))
    except ValueError:
        return address


def _user_key(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return str(user.pk) if user and user.is_authenticated else ""


def _window(name: str, rate: Rate, who: object) -> tuple[str, int]:
    """The counter's name, without an address in it, and how long it counts."""
    number, gone = divmod(int(time.time()), rate.seconds)
    digest = hashlib.sha256(str(who).encode()).hexdigest()[:32]
    return f"limit:{name}:{rate.per}:{rate.seconds}:{digest}:{number}", rate.seconds - gone


def _add(key: str, cost: int, seconds: int) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key, cost))
    except ValueError:  # it went between the two steps: the time was over, or Redis is away since
        cache.set(key, max(cost, 0), timeout=seconds)
        return cost
