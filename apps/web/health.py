"""Is the process alive, and may it get traffic? For load balancers and people at three in the morning."""

from __future__ import annotations

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

BROKER_TIMEOUT = 0.5  # seconds


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a database outage does not restart it."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 and the name of what is missing while this process should get no traffic."""
    checks = {name: _passes(check) for name, check in _checks().items()}
    healthy = all(checks.values())
    return JsonResponse({"ready": healthy, "checks": checks}, status=200 if healthy else 503)


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
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _broker() -> bool:
    address = urlsplit(settings.REDIS_URL)
    host, port = address.hostname or "localhost", address.port or 6379
    with socket.create_connection((host, port), timeout=BROKER_TIMEOUT):
        return True
