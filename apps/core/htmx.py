from __future__ import annotations

from django.http import HttpRequest


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx will swap a part of the page.

    A restored history entry and a boosted link also come from htmx, and both replace the whole page.
    """
    htmx = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def visible_path(request: HttpRequest) -> str:
    """The path of the page the person looks at: not the fragment's, nor that of a form's target."""
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.current_url_abs_path:
        return htmx.current_url_abs_path
    return request.get_full_path() if request.method in ("GET", "HEAD") else ""
