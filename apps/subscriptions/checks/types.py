"""Values of metadata.py of another type than their fields: other checks, and pages, would fall over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.core.checks import CheckMessage, Error
from django.utils.functional import Promise

from apps.subscriptions.metadata import ProductMetadata

# Checked by themselves, with a text that knows what they are for.
ELSEWHERE = {"slug", "quantity", "unit_amount", "flat_amount", "up_to"}


def check_types(plans: Sequence[Any]) -> Iterator[CheckMessage]:
    for plan in plans:
        if isinstance(plan, ProductMetadata):
            yield from _check_fields(f"The plan {plan.slug!r}", plan)
        else:
            yield Error(
                f"ACTIVE_PRODUCTS holds {plan!r}, which is no ProductMetadata.",
                hint="Put plans there: ACTIVE_PRODUCTS = [FREE, STARTER, PRO].",
                id="subscriptions.E028",
            )


def _check_fields(where: str, value: Any) -> Iterator[CheckMessage]:
    hints = get_type_hints(type(value))
    for name in (field.name for field in fields(value) if field.name not in ELSEWHERE):
        found = getattr(value, name)
        if not _fits(found, hints[name]):
            yield Error(
                f"{where} has {name}={found!r}.",
                hint=f"It has to be {_in_words(hints[name])}, as ProductMetadata says in metadata.py.",
                id="subscriptions.E028",
            )
            continue
        for key, inner in _prices_and_tiers(found):
            yield from _check_fields(f"{where}, in {name} {key}", inner)


def _prices_and_tiers(value: Any) -> list[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, (list, tuple)):
        pairs = list(enumerate(value, start=1))
    return [(key, inner) for key, inner in pairs if is_dataclass(inner)]


def _fits(value: Any, hint: Any) -> bool:
    kind, inside = get_origin(hint), get_args(hint)
    if kind in (Union, UnionType):
        return any(_fits(value, choice) for choice in inside)
    if kind is Literal:
        return value in inside
    if kind is dict:
        return isinstance(value, dict) and all(_fits(found, inside[1]) for found in value.values())
    if kind is tuple:
        return isinstance(value, (tuple, list)) and all(_fits(found, inside[0]) for found in value)
    if kind is frozenset:
        return isinstance(value, (frozenset, set, list, tuple))
    return _is_a(value, hint)


def _is_a(value: Any, wanted: Any) -> bool:
    if wanted is str:
        return isinstance(value, (str, Promise))
    if isinstance(value, bool) or issubclass(wanted, Enum):
        return wanted is bool or issubclass(wanted, Enum)
    return isinstance(value, wanted)


def _in_words(hint: Any) -> str:
    return (
        hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint).replace("typing.", "")
    )
