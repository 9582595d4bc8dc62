from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def project(request: HttpRequest) -> dict[str, object]:
    """What every page may need to know about the product itself."""
    return {
        "PROJECT_NAME": settings.PROJECT_NAME,
        "site_url": absolute_url(""),
        "debug": settings.DEBUG,
    }


def absolute_url(path: str) -> str:
    """`path` with the public scheme and host: for mails and Stripe, which have no request."""
    scheme = "https" if settings.USE_HTTPS_IN_ABSOLUTE_URLS else "http"
    return f"{scheme}://{settings.SITE_DOMAIN}{path}"
