from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from apps.core.addresses import absolute_url


def project(request: HttpRequest) -> dict[str, object]:
    """What every page may need to know about the product itself."""
    return {"PROJECT_NAME": settings.PROJECT_NAME, "site_url": absolute_url("/"), "debug": settings.DEBUG}
