"""What is sent is UTF-8, as browsers send it, whatever a request says of itself.

Django would read form and query in the encoding a request names, before any middleware is there to turn an
error into a page: with "charset=idna", which Python knows and which reads no query, nobody answers.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters


class _IsUtf8:
    content_type: str | None
    content_params: dict[str, str] | None

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """As in Django, but for `encoding`: without one everything is read as UTF-8."""
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Request(_IsUtf8, WSGIRequest):
    pass


class AsyncRequest(_IsUtf8, ASGIRequest):
    pass


class EncodingMiddleware:
    """Another encoding is refused by a page (400): it would be read as something nobody wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        named = (request.content_params or {}).get("charset", "")
        if named and not _is_utf8(named):
            raise BadRequest("What is sent has to be UTF-8")
        return self.get_response(request)


def _is_utf8(name: str) -> bool:
    """Names that Python does not know say nothing: they were never heeded."""
    try:
        return codecs.lookup(name).name == "utf-8"
    except (LookupError, ValueError):
        return True
