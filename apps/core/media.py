"""Serving what people uploaded, where no web server or bucket does it: small pictures under random names."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

TYPES = {"png": "image/png", "webp": "image/webp"}
# What `images.clean_image` names files, in one folder. Everything else in the storage stays unseen.
NAME = re.compile(rf"[a-z-]+/[\w-]{{20,}}\.({'|'.join(TYPES)})", re.ASCII)
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


class MediaMiddleware:
    """Answers for MEDIA_URL before sessions and users are looked at: a page shows many of these.

    Who knows a name may see the picture, as with any bucket. A storage with addresses of its own (MEDIA_URL
    on another host) never asks here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(settings.MEDIA_URL):
            return answer(request, request.path.removeprefix(settings.MEDIA_URL))
        return self.get_response(request)


def answer(request: HttpRequest, name: str) -> HttpResponseBase:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    known = NAME.fullmatch(name)
    if not known:
        return HttpResponse(status=404)
    try:
        picture = default_storage.open(name)
    except OSError:  # not there, or not a file
        return HttpResponse(status=404)
    return FileResponse(picture, content_type=TYPES[known[1]], headers=HEADERS)
