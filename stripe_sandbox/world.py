"""The world: every object of one Stripe account, its clock, its lock and its events."""

from __future__ import annotations

from typing import Any


class World:
    """`with world:` takes the lock and opens a change; leaving it saves what changed and posts its events."""

    def __enter__(self) -> World:
        raise NotImplementedError

    def __exit__(self, *exc: Any) -> None:
        raise NotImplementedError

    def get(self, object_id: str) -> dict[str, Any] | None:
        """The stored object, or None. References are ids."""
        raise NotImplementedError

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every object of a kind (`customer`, `subscription`, `checkout.session`, ...), oldest first."""
        raise NotImplementedError

    def render(self, obj: dict[str, Any], expand: list[str] | None = None) -> dict[str, Any]:
        """The object as the API answers it."""
        raise NotImplementedError

    def now(self, customer: str | None = None) -> int:
        """Sandbox time in unix seconds: the customer's test clock, or wall time plus the offset."""
        raise NotImplementedError
