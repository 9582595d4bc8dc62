"""What a visitor gets when a request breaks: 500; 503 while the database is away, which passes; 400 to 405.

Django's own handlers look for a CSRF token in the form once more. When the form is what could not be read,
they break, too, and the server answers with a bare line.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

logger = logging.getLogger(__name__)

RETRY_AFTER = 10  # seconds: as long as a database takes to start again


def broken(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: called while the error is handled, wherever it came from, middleware included.

    One line in the log for each request that met the outage: no traceback, and no mail to ADMINS, who would
    get thousands. Stripe sends an event again that was answered so.
    """
    error = sys.exc_info()[1]
    if not is_outage(error):
        return HttpResponse(_page("500.html", request), status=500)
    logger.error("Database is away, answered 503: %s %s (%s)", request.method, request.path, _line(error))
    page = _page("503.html", request)
    response = HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})
    response._has_been_logged = True  # type: ignore[attr-defined] # Django's own line is the mail to ADMINS
    return response


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`: too many fields, a body that is not what it says, a Host of somebody else."""
    return HttpResponse(_page("400.html", request), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler404`."""
    return render(request, "404.html", status=404)


class NotAllowedPageMiddleware:
    """An address that takes only what a form sends says so to whoever opens it. Django's answer is blank."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            response.content = _page("405.html", request)
        return response


def _page(name: str, request: HttpRequest) -> str:
    """Without context processors, which would ask the database."""
    return loader.get_template(name).render({"request": request})


def is_outage(error: BaseException | None) -> bool:
    """Whether the connection is lost, or could not be made. A deadlock, or a lock that is held, is none."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return any(_is_lost(alias) for alias in connections)


def _is_lost(alias: str) -> bool:
    connection = connections[alias]
    try:
        return connection.connection is None or not connection.is_usable()
    except DatabaseError:
        return True


def _line(error: BaseException | None) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
