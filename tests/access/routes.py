"""Every address the product answers at, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")  # <uuid:membership_id>, (?P<key>...)
ADMIN_ACTIONS = ("changelist", "add", "history", "delete", "change")


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    view: Callable[..., Any]

    @property
    def arguments(self) -> list[str]:
        return ARGUMENT.findall(self.pattern)

    def path(self, values: dict[str, object]) -> str:
        """Raises KeyError for an argument nobody has a value for."""
        try:
            return reverse(self.name, kwargs={name: values[name] for name in self.arguments})
        except NoReverseMatch as error:
            raise AssertionError(f"world.py has no value that fits {self.pattern}") from error


def routes() -> Iterator[Route]:
    """All but the admin's pages of models: those go by rule."""
    yield from (route for route in _all(get_resolver()) if route.name not in model_pages())


def route_called(name: str) -> Route:
    (found,) = [route for route in routes() if route.name == name]
    return found


def model_pages() -> set[str]:
    """Names of the admin's pages of registered models, and its nameless redirects to them."""
    named = {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}"
        for model in admin.site._registry
        for action in ADMIN_ACTIONS
    }
    return named | {"admin:None"}


def _all(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _all(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name}", pattern, entry.callback)
