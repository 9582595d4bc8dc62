from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from typing import IO, Any

from django.conf import settings
from django.utils.functional import Promise

from apps.users.models import CustomUser

Row = dict[str, Any]
File = tuple[str, Callable[[], IO[bytes]]]  # its name in the archive, and how it is opened


@dataclass(frozen=True, kw_only=True)
class Part:
    """One subject: a document of rows, and maybe files.

    Rows come one by one, so that memory does not grow with the team: `.iterator()`. They hold what is about
    the person and no secret; other people stay out, as numbers and roles at most.
    """

    name: str  # of the document, without its ending
    about: str | Promise  # one line for the README
    rows: Callable[[CustomUser], Iterable[Row]]
    files: Callable[[CustomUser], Iterable[File]] = lambda user: ()
    covers: frozenset[str] = frozenset()  # "app_label.Model.field" that point at a person


def parts() -> list[Part]:
    return list(chain.from_iterable(module.PARTS for module in _modules()))


def left_out() -> Mapping[str, str]:
    """Column -> why."""
    found: dict[str, str] = {}
    for module in _modules():
        found |= getattr(module, "LEFT_OUT", {})
    return found


def _modules() -> list[Any]:
    return [import_module(path) for path in settings.PERSONAL_DATA_PARTS]
