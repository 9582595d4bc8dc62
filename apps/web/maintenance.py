"""The switch an operator throws before work during which nobody should use the product: MAINTENANCE=1."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import escape_leading_slashes

RETRY_AFTER = 300  # seconds
# The last is the second step of staff: it opens nothing to whoever has not given a password.
OPEN = ("admin:index", "web:health", "stripe_webhook", "mfa_authenticate")


class MaintenanceMiddleware:
    """Answers people with 503 and a page that needs no database, so that it can be migrated or replaced.

    It stands before sessions and users. Files are served, health checks answer as ever, Stripe's events are
    stored, and staff get into the admin. While the switch is off it is not there at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.MAINTENANCE:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.open = tuple(reverse(name) for name in OPEN)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # With the slash that somebody who types the address leaves out.
        if f"{request.path}/".startswith(self.open):
            return self.get_response(request)
        return closed(request)


def closed(request: HttpRequest) -> HttpResponse:
    # Not `render`: context processors would ask the database who is there.
    again = escape_leading_slashes(request.get_full_path())  # "//evil.example" would be another host
    page = loader.get_template("maintenance.html").render({"request": request, "again": again})
    response = HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})
    add_never_cache_headers(response)
    response._has_been_logged = True  # type: ignore[attr-defined] # Django's own line is a mail to ADMINS
    return response
