"""What every request goes through, whichever app answers it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from apps.core.audit import origin_of
from apps.core.htmx import path_of_page, wants_fragment

GetResponse = Callable[[HttpRequest], HttpResponse]

ENTRANCE = "/accounts/"  # of config/urls.py: all of allauth's


class AuditOriginMiddleware:
    """Lets services write audit entries with the network a request came from, without knowing requests."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with origin_of(request):
            return self.get_response(request)


class PrivatePagesMiddleware:
    """What somebody signed in has seen is kept by no browser and no proxy, nor is any page for signing in.

    Otherwise the Back button shows it after they signed out or were taken off the team, and the key of a link
    to whoever comes next. A view that says how long its answer may be kept has its way.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and _is_private(request):
            add_never_cache_headers(response)
        return response


def _is_private(request: HttpRequest) -> bool:
    return request.user.is_authenticated or request.path.startswith(ENTRANCE)


class HtmxMessagesMiddleware:
    """Messages of a fragment travel as an event named `messages`: [{"level", "text"}].

    A redirect keeps them for the page it leads to, and so does an answer that the page itself shows.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if wants_fragment(request) and not _leads_elsewhere(response):
            waiting = [
                {"level": message.level_tag, "text": str(message)} for message in get_messages(request)
            ]
            if waiting:
                trigger_client_event(response, "messages", {"messages": waiting})
        return response


def _leads_elsewhere(response: HttpResponse) -> bool:
    return 300 <= response.status_code < 400 or any(
        response.has_header(name) for name in ("HX-Redirect", "HX-Location", "HX-Refresh")
    )


class HtmxFragmentMiddleware:
    """A fragment is kept by no cache: the page of the same address would be answered with it.

    A form that leads to another page, and any way to another host (Stripe, Google), leads the whole page
    there: htmx would follow, and swap a part of it in, or could not follow at all.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if wants_fragment(request):
            patch_vary_headers(response, ["HX-Request"])
            if not response.has_header("Cache-Control"):
                add_never_cache_headers(response)
        if request.htmx and _leads_to_another_page(request, response):
            return _as_client_redirect(response)
        return response


def _leads_to_another_page(request: HttpRequest, response: HttpResponse) -> bool:
    location, here = urlsplit(response.get("Location", "")), urlsplit(path_of_page(request)).path
    if location.netloc not in ("", request.get_host()):
        return True
    is_redirect = response.status_code == 302 and bool(here)
    return is_redirect and request.method == "POST" and location.path != here


def _as_client_redirect(response: HttpResponse) -> HttpResponse:
    leads = HttpResponseClientRedirect(response["Location"])
    leads.cookies = response.cookies
    return leads


class HtmxLoginRedirectMiddleware:
    """When a session has ended, htmx gets the whole page sent to login instead of a login form in a fragment.

    `next` is the page the person sees, not the fragment's address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and _leads_to_login(response) and not request.user.is_authenticated:
            visible = path_of_page(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
            login = resolve_url(settings.LOGIN_URL)
            messages.info(request, _("You were signed out meanwhile. Sign in to go on where you were."))
            return HttpResponseClientRedirect(f"{login}?{urlencode({'next': visible})}")
        return response


def _leads_to_login(response: HttpResponse) -> bool:
    location = urlsplit(response.get("Location", "")).path
    return response.status_code == 302 and location == resolve_url(settings.LOGIN_URL)
