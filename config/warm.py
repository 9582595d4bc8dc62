"""What each worker would read for itself at its first requests, read once before workers are forked.

They share the memory, and nobody's first page waits for it. No connection may be opened here: two processes
that talk over one would read each other's answers.
"""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from django.utils import translation

from apps.subscriptions.money import format_amount


def warm_up() -> None:
    get_resolver().url_patterns  # noqa: B018 - all addresses, and the views with them
    connections.all()  # the database's driver
    if settings.REDIS_URL:
        import_module("redis")
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            format_amount(1, "eur")
