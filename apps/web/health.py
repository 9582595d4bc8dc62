"""Is the process alive, and may it get traffic? For load balancers and people at three in the morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.outbox.attention import late_mails
from apps.core.piles import Pile, counted
from apps.core.waiting_migrations import waiting_migrations
from apps.subscriptions import attention
from apps.subscriptions.attention import Inbox

BROKER_TIMEOUT = 0.5  # seconds
QUERY_TIMEOUT = 2000  # milliseconds, on PostgreSQL

UNKNOWN = {"waiting": None, "oldest_waiting_seconds": None, "failed": None, "oldest_failed_seconds": None}


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a database outage does not restart it."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 and the name of what is missing while this process should get no traffic.

    `warnings` are sentences for people: pages are served all the same, somebody should look. No broker is
    one: webhooks are stored, and the hourly run finds the seats. Anybody may ask, so no error is quoted.
    """
    checks = {name: _passes(check) for name, check in _checks().items()}
    healthy = checks["database"] and checks["migrations"]
    inbox, warnings = _looked_after() if healthy else (None, [])
    if checks.get("broker") is False:
        warnings.insert(0, "The broker does not answer. Events and changes of seats wait in the database.")
    answer = {
        "ready": healthy,
        "checks": checks,
        "warnings": warnings,
        "inbox": _inbox(inbox) if inbox else UNKNOWN,
    }
    return JsonResponse(answer, status=200 if healthy else 503)


def _checks() -> dict[str, Callable[[], bool]]:
    checks: dict[str, Callable[[], bool]] = {"database": _database, "migrations": _migrations}
    if settings.REDIS_URL:
        checks["broker"] = _broker
    return checks


def _passes(check: Callable[[], bool]) -> bool:
    # Whatever goes wrong means "not ready": the answer must never be a 500.
    try:
        return check()
    except Exception:  # noqa: BLE001
        return False


def _database() -> bool:
    with _bounded(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    with _bounded():
        return not waiting_migrations(connections[DEFAULT_DB_ALIAS])


def _broker() -> bool:
    # Within the function: 60 ms of each start, and a process without a broker needs none of it.
    from redis import Redis  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    # Something is written: a frozen Redis takes connections, and one that is full answers a PING.
    limits = {"socket_connect_timeout": BROKER_TIMEOUT, "socket_timeout": BROKER_TIMEOUT}
    with Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **limits) as broker:
        return bool(broker.set("health:ready", 1, ex=60))


@contextmanager
def _bounded() -> Iterator[None]:
    """A database that is busy or locked fails the check soon, instead of holding its caller up."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        yield  # SQLite: a transaction here would wait for whoever writes
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {QUERY_TIMEOUT:d}")
        yield


def _looked_after() -> tuple[Inbox | None, list[str]]:
    """What waits, and the warnings about it. Trouble in here is one more warning."""
    try:
        with _bounded():
            inbox = attention.inbox()
            return inbox, [*_about_events(inbox), *_about_the_rest()]
    except Exception:  # noqa: BLE001 - see _passes
        return None, ["What waits could not be counted: the database did not answer in time."]


def _about_events(inbox: Inbox) -> Iterator[str]:
    if inbox.waiting.is_late:
        yield f"{_many(inbox.waiting, 'event waits', 'events wait')}, the oldest for {_long(inbox.waiting)}."
    if inbox.given_up:
        yield f"{_many(inbox.given_up, 'event was', 'events were')} given up after days of trying."


def _about_the_rest() -> Iterator[str]:
    if settings.REDIS_URL and attention.is_silent(attention.swept_at()):
        yield "Nothing has swept the inbox for 5 minutes: beat or the worker stands still."
    if mails := attention.late_notices() + late_mails():
        yield f"{_many(mails, 'mail waits', 'mails wait')}, the oldest for {_long(mails)}."
    if drift := attention.open_drift():
        yield f"{_many(drift, 'difference', 'differences')} between Stripe and this database."
    if attention.is_run_due():
        yield "The last comparison with Stripe did not come to its end, or is more than 36 hours old."


def _many(pile: Pile, one: str, many: str) -> str:
    return f"{counted(pile.count)} {one if pile.count == 1 else many}"


def _long(pile: Pile) -> str:
    return f"{_seconds(pile)} s" if (minutes := _seconds(pile) // 60) < 1 else f"{minutes} min"


def _inbox(inbox: Inbox) -> dict[str, Any]:
    return {
        "waiting": inbox.waiting.count,
        "oldest_waiting_seconds": _seconds(inbox.waiting) if inbox.waiting else None,
        "failed": inbox.failed.count,
        "oldest_failed_seconds": _seconds(inbox.failed) if inbox.failed else None,
    }


def _seconds(pile: Pile) -> int:
    return int(pile.age.total_seconds())
