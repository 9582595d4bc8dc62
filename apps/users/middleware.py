from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from apps.core.redirects import is_safe_next
from apps.users.languages import chosen_language
from apps.users.session_store import at_hand


class PersonMiddleware(AuthenticationMiddleware):
    """Django's `request.user`, who was read with the session."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _signed_in(request))


def _signed_in(request: HttpRequest) -> Any:
    with at_hand(request.session):
        return get_user(request)


class LanguageMiddleware:
    """Who is signed in and has chosen a language reads it, whatever the browser or a cookie wishes.

    It stays active after the answer: what stands around says its words then (405, a session that ended), and
    LocaleMiddleware, which begins each request with the visitor's, names it in `Content-Language`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # From here on the person themselves, not the object that looks them up when asked: a look through
        # that takes forty times as long, and a page looks often.
        request.user = _signed_in(request)
        if code := chosen_language(request.user):
            translation.activate(code)
            request.LANGUAGE_CODE = code
        return self.get_response(request)


class TimeZoneMiddleware:
    """Dates are shown in the person's own time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone_of(request.user)):
            return self.get_response(request)


class NextFieldMiddleware:
    """allauth's pages hand on any `?next=` in a hidden field: what leads nowhere of ours is left out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        context = response.context_data or {}
        if not is_safe_next(request, context.get("redirect_field_value")):
            context.pop("redirect_field_value", None)
        return response


def _zone_of(user) -> zoneinfo.ZoneInfo | None:
    """None (the project's zone) for visitors, and for a zone this machine's tables do not know."""
    if not user.is_authenticated:
        return None
    try:
        return zoneinfo.ZoneInfo(user.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
