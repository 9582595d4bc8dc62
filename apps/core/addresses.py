from __future__ import annotations

from django.conf import settings


def absolute_url(path: str) -> str:
    """`path` with the public scheme and host: for mails and for Stripe, which have no request.

    What has a host already - a file in a bucket - stays as it is.
    """
    if path.startswith(("http://", "https://")):
        return path
    scheme = "https" if settings.USE_HTTPS_IN_ABSOLUTE_URLS else "http"
    return f"{scheme}://{settings.SITE_DOMAIN}{path}"
