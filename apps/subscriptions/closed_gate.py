"""Where a closed gate leads: to the Subscription tab, which says what is missing, and back afterwards."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from apps.core.htmx import visible_path
from apps.core.redirects import is_safe_next
from apps.subscriptions import needs
from apps.subscriptions.holders import billing_url
from apps.subscriptions.needs import Need


def closed(request: HttpRequest, need: Need = None) -> HttpResponse:
    """`next` is a page that can be looked at; `needs` what is missing, unless any subscription would do."""
    asked = {"next": page_behind(request)} | ({"needs": needs.to_text(need)} if need else {})
    path = f"{billing_url('tab', request.subscription_holder)}?{urlencode(asked)}"
    return HttpResponseClientRedirect(path) if request.htmx else redirect(path)


def page_behind(request: HttpRequest) -> str:
    """The path of the page the person looks at. A form's target is none: then the page the form was on."""
    return visible_path(request) or _referring_page(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def _referring_page(request: HttpRequest) -> str:
    referrer = request.headers.get("Referer", "")
    if not referrer or not is_safe_next(request, referrer):
        return ""
    parts = urlsplit(referrer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
