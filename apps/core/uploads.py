from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Far above what any form here takes: each says its own limit in a sentence. This one keeps the disk free.
MAX_BYTES = 10 * 1024 * 1024


class UploadLimitMiddleware:
    """A form that is absurdly large is not even read: a page says so (413)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.content_type == "multipart/form-data" and _length(request) > MAX_BYTES:
            return render(request, "413.html", {"megabytes": MAX_BYTES // 1024 // 1024}, status=413)
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0
