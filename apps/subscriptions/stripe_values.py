"""Values as Stripe writes them, as ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, overload


def id_of(reference: Any) -> str:
    """Stripe gives an id, or the object when it was expanded; "" for none."""
    return reference["id"] if isinstance(reference, dict) else reference or ""


@overload
def moment_of(timestamp: int) -> datetime: ...
@overload
def moment_of(timestamp: int | None) -> datetime | None: ...
def moment_of(timestamp: int | None) -> datetime | None:
    """An aware datetime of unix seconds; Stripe has neither 0 nor negative ones."""
    return datetime.fromtimestamp(timestamp, tz=UTC) if timestamp else None


def storable(value: Any) -> Any:
    """Without the two kinds of characters that JSON can carry and PostgreSQL cannot: NUL and half a pair."""
    if isinstance(value, str):
        if value.isprintable():
            return value
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value
