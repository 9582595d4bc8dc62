"""Every address of the URLconf, found by walking it: a new page is fuzzed without a word about it here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.access.routes import ARGUMENT

URLCONF, SERVED = "tests.fuzz.urls", "config.urls"
# Where no view stands: files, and nothing at all.
PLACES = ("static/[^ ]{0,20}", "media/[^ ]{0,20}", "[^ ]{0,40}", "admin/[a-z/]{0,20}", "accounts/.{0,20}")
KEYS = ("pk", "token", "key", "slug", "uuid")  # what addresses are made of


@dataclass(frozen=True)
class Target:
    name: str
    regex: str  # of the whole path, without the first slash
    arguments: tuple[str, ...] = ()
    only_in_debug: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return self.name or self.regex

    def path(self, values: dict[str, Any]) -> str:
        """A good one; "" where nothing that is stored fits."""
        choices = [[values[name]] if name in values else [] for name in self.arguments]
        if self.name in model_pages():
            row = model_pages()[self.name]._base_manager.first()
            choices = [[row.pk if row else 1] for _name in self.arguments]
        if not all(choices):
            choices = [found or _stored() for found in choices]
        return next(self._reversed(choices), "")

    def _reversed(self, choices: list[list[Any]]) -> Iterator[str]:
        """One after the other: an argument nobody has told us of takes whatever fits and is stored."""
        longest = max((len(found) for found in choices), default=1)
        for number in range(longest):
            chosen = (found[number % len(found)] for found in choices)
            try:
                yield reverse(
                    self.name, urlconf=URLCONF, kwargs=dict(zip(self.arguments, chosen, strict=True))
                )
            except NoReverseMatch:
                continue


@lru_cache(maxsize=1)
def targets() -> list[Target]:
    """Those of a server alone are asked as a server answers: with its own pages of failure."""
    served = {str(one) for one in _walk(get_resolver(SERVED))}
    found = [replace(one, only_in_debug=str(one) not in served) for one in _walk(get_resolver(URLCONF))]
    return [*{str(one): one for one in found}.values(), *(Target("", regex) for regex in PLACES)]


def _walk(resolver: URLResolver, prefix: str = "", route: str = "", namespace: str = "") -> Iterator[Target]:
    for entry in resolver.url_patterns:
        regex = prefix + _regex(entry)
        written = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, regex, written, inner)
        elif isinstance(entry, URLPattern):
            name = f"{namespace}{entry.name}" if entry.name else ""
            yield Target(name, regex, tuple(ARGUMENT.findall(written)))


def _regex(entry: URLPattern | URLResolver) -> str:
    """Names of groups are dropped: one may stand twice on the way."""
    bare = entry.pattern.regex.pattern.removeprefix("^").removesuffix(r"\Z").removesuffix("$")
    return re.sub(r"\(\?P<\w+>", "(?:", bare)


@lru_cache(maxsize=1)
def model_pages() -> dict[str, type[Model]]:
    return {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}": model
        for model in admin.site._registry
        for action in ("history", "delete", "change")
    }


def _stored() -> list[Any]:
    """Whatever a row is called by."""
    found: list[Any] = []
    for model in apps.get_models():
        names = {one.name for one in model._meta.fields} & set(KEYS) | {"pk"}
        row = model._base_manager.first() if model._meta.managed else None
        found += [getattr(row, name) for name in sorted(names)] if row else []
    return found or [1]
