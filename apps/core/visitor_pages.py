"""Public pages, made once in some seconds for everybody who is nobody yet.

Most requests to a product are visitors' to its landing and pricing pages, and all of them are shown the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

GetResponse = Callable[[HttpRequest], HttpResponse]

THEMES = ("dark", "light")
MARK = "same_for_visitors"


def same_for_visitors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that shows a visitor nothing of their own but language and theme, and has no form's token."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        setattr(response, MARK, True)
        patch_vary_headers(response, ["Cookie"])  # no cache on the way may mix them up with people's own
        return response

    return answer


class VisitorPagesMiddleware:
    """Keeps such pages, each process for itself, VISITOR_PAGE_SECONDS long (0: never), as they are sent.

    Whoever may be signed in, has a message waiting or asks for something in particular gets a page of their
    own.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.VISITOR_PAGE_SECONDS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_a_visitor(request):
            return self.get_response(request)
        pages, key = caches["pages"], _key(request)
        kept = pages.get(key)
        if kept is not None:
            return HttpResponse(kept[0], headers=kept[1])
        response = self.get_response(request)
        if getattr(response, MARK, False) and response.status_code == 200 and not response.cookies:
            pages.set(key, (response.content, dict(response.headers)), settings.VISITOR_PAGE_SECONDS)
        return response


def _is_a_visitor(request: HttpRequest) -> bool:
    asks = request.method != "GET" or request.META.get("QUERY_STRING") or "HTTP_HX_REQUEST" in request.META
    own = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
    return not asks and not any(name in request.COOKIES for name in own)


def _key(request: HttpRequest) -> str:
    theme = request.COOKIES.get("theme")
    packed = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    return f"{request.path}|{get_language_from_request(request)}|{theme if theme in THEMES else ''}|{packed}"
