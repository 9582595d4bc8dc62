"""What a process has worked out once and need not work out again: words, addresses, parts of pages.

Nothing here may depend on the request, the person or the time but by its key.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.core.signals import setting_changed
from django.utils.safestring import SafeString
from django.utils.translation.trans_real import catalog

Worded = TypeVar("Worded", bound=Callable[..., Any])
Shown = TypeVar("Shown", bound=type)

# What is shown by its value alone, and never changes.
PLAIN = frozenset({str, SafeString, int, bool, UUID, type(None)})
MOST = 2048  # entries of one memory; then it begins anew

_memories: list[Memory] = []


class Memory(dict[Any, Any]):
    """Has an end: keys may come from whoever asks."""

    def __init__(self) -> None:
        super().__init__()
        _memories.append(self)

    def keep(self, key: Any, value: Any) -> Any:
        if len(self) >= MOST:
            self.clear()
        self[key] = value
        return value


def by_language(function: Worded) -> Worded:
    """For words that follow from plain arguments, in their order, and from the language that is read.

    A language is known by its catalog: another one, or the same one compiled anew, is asked again.
    """
    memory = Memory()

    @wraps(function)
    def worded(*args: Any) -> Any:
        key = (catalog(), args, tuple(map(type, args)))  # 1, True and 1.0 are equal, and not said alike
        known = memory.get(key)
        return memory.keep(key, function(*args)) if known is None else known

    return worded  # type: ignore[return-value]


def shown_by_fields(kind: Shown) -> Shown:
    """A dataclass of which pages show what follows from its fields: no property asks the clock or anybody."""
    kind.is_shown_by_fields = True  # type: ignore[attr-defined]
    return kind


def forget(**_setting: Any) -> None:
    """Settings change only in tests; what was worked out from them goes."""
    for memory in _memories:
        memory.clear()


setting_changed.connect(forget)
