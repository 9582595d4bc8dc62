"""One line for each request, and the id that all lines of a request share."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.core.log_context import lines_of, sane_request_id
from apps.core.log_queries import counted_statements

GetResponse = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
HEALTH = "/health/"


class RequestLogMiddleware:
    """The outermost: whatever answers, the answer carries the id and the log has a line.

    The line names the path without its query: what people search for, and tokens, are no business of a log.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = sane_request_id(request.headers.get(HEADER, ""))  # type: ignore[attr-defined]
        began = time.perf_counter()
        with lines_of(request), counted_statements():
            response = self.get_response(request)
            response[HEADER] = request.request_id  # type: ignore[attr-defined]
            _log(request, response, round((time.perf_counter() - began) * 1000))
        return response


def _log(request: HttpRequest, response: HttpResponse, ms: int) -> None:
    level = logging.DEBUG if _is_dull(request.path, response.status_code) else logging.INFO
    facts = {"method": request.method, "path": request.path, "status": response.status_code, "ms": ms}
    logger.log(level, "%s %s %s %s ms", request.method, request.path, response.status_code, ms, extra=facts)


def _is_dull(path: str, status: int) -> bool:
    """Somebody asks every few seconds whether we live; files come by the dozen with each page."""
    return status < 400 and path.startswith((HEALTH, settings.STATIC_URL))
