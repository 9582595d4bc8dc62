"""Addresses of pages, put together once for the same arguments: Django does it anew each time."""

from __future__ import annotations

from typing import Any

from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation.trans_real import catalog

from apps.core.memory import PLAIN, Memory

_known = Memory()


def address(view_name: str, *args: Any, current_app: str | None = None, **kwargs: Any) -> str:
    """As `reverse`. Each part of the key may change an address: `i18n_patterns` know the language, too."""
    kinds = tuple(map(type, (*args, *kwargs.values())))
    if not PLAIN.issuperset(kinds):  # a model's row stays the same when its name changes
        return reverse(view_name, args=args, kwargs=kwargs, current_app=current_app)
    key = (
        view_name,
        args,
        tuple(kwargs.items()),
        kinds,
        current_app,
        get_urlconf(),
        get_script_prefix(),
        catalog(),
    )
    known = _known.get(key)
    if known is not None:
        return str(known)
    return str(_known.keep(key, reverse(view_name, args=args, kwargs=kwargs, current_app=current_app)))
