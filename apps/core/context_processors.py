from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from apps.core.addresses import absolute_url


def project(request: HttpRequest) -> dict[str, object]:
    """What every page may need to know about the product itself. `theme`: what this browser chose, or ""."""
    return {
        "PROJECT_NAME": settings.PROJECT_NAME,
        "site_url": absolute_url("/"),
        "debug": settings.DEBUG,
        # A cookie that is not there costs a template three exceptions.
        "theme": request.COOKIES.get("theme", ""),
    }
