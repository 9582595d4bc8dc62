"""How much a request may carry. What is above it is not read; a page says so."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Far above what any form here takes: each says its own limit in a sentence. This one keeps the disk free.
MAX_BYTES = 10 * 1024 * 1024


class UploadLimitMiddleware:
    """An absurdly large body is refused by its length (413), one that does not tell its length is, too (411).

    Django takes a body without a length for an empty one. No browser sends such, and a proxy that reads the
    whole request knows the length.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return HttpResponse(
                "Send the body with its Content-Length", status=411, content_type="text/plain"
            )
        most = _most(request)
        if _length(request) > most:
            return too_large(request, most)
        return self.get_response(request)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    return render(request, "413.html", {"megabytes": f"{most / 1024 / 1024:g}"}, status=413)


def _most(request: HttpRequest) -> int:
    if request.content_type == "multipart/form-data":
        return MAX_BYTES
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or MAX_BYTES


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0
