"""What a browser is told of every answer, whoever gave it: pages, files, redirects, errors, JSON.

docs/security.md shows each header as it is served, and why; a test compares.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

GetResponse = Callable[[HttpRequest], HttpResponse]

# For what django-csp does not reach: an error of the outermost parts, a file, a redirect. The pages of errors
# have styles, fonts and pictures of ours; nothing else shows anything.
PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class SecurityHeadersMiddleware:
    """Adds what is missing, and never replaces what a view or another middleware decided.

    Django's own SecurityMiddleware cannot see an answer to a request that it refuses itself (a Host that is
    not ours): its headers are added here for those.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.django = SecurityMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.django.process_response(request, self.get_response(request))
        for name, value in _headers(request, response).items():
            response.headers.setdefault(name, value)
        return response


def _headers(request: HttpRequest, response: HttpResponse) -> dict[str, str]:
    is_page = response.get("Content-Type", "").startswith("text/html")
    # Static files hold nothing private, and chats show pictures of them; all else stays with our own pages.
    is_static = request.path.startswith(settings.STATIC_URL)
    headers = {
        "Permissions-Policy": settings.PERMISSIONS_POLICY,
        "Cross-Origin-Resource-Policy": "cross-origin" if is_static else "same-origin",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }
    # A developer's page about an error has styles and scripts inside; django-csp lets it have them, too.
    if not (settings.DEBUG and response.status_code >= 400):
        headers["Content-Security-Policy"] = PAGE if is_page else NO_PAGE
    return headers
