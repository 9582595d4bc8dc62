"""Where a person may be sent next: only to this site."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_safe_next(request: HttpRequest, url: str | None) -> bool:
    """Whether `url` stays on the host the person is on (refuses //evil, /\\evil, javascript: and kin).

    A word without a slash would be taken by `redirect` for the name of a view. Nobody here writes addresses
    that begin with two; Django lets a bare "//" pass, which leads nowhere. Nor has one a zero byte.
    """
    if not url or "\0" in url or url.startswith("//") or not url.startswith(("/", "http://", "https://")):
        return False
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def next_url(request: HttpRequest, default: str) -> str:
    """The address the request asks to go on to, if it is one of ours, else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next")
    return wanted if wanted and is_safe_next(request, wanted) else default
