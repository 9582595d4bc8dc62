from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx will swap a part of the page.

    A restored history entry and a boosted link also come from htmx, and both replace the whole page.
    """
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def path_of_page(request: HttpRequest) -> str:
    """The page that htmx says it is on, if that is one of ours and an address at all; else ""."""
    htmx = getattr(request, "htmx", None)
    try:
        path = (htmx and htmx.current_url_abs_path) or ""
    except ValueError:  # "http://[": anybody can write such a header
        return ""
    return "" if path.startswith("//") else path  # another host to whoever reads it


def visible_path(request: HttpRequest) -> str:
    """The path of the page the person looks at: not the fragment's, nor that of a form's target."""
    if path := path_of_page(request):
        return path
    return request.get_full_path() if request.method in ("GET", "HEAD") else ""
