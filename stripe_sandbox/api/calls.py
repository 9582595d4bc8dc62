"""Which function answers which call. It gets a Call and returns a stored object or a finished list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.metadata import check_number
from stripe_sandbox.api.pagination import paginate

if TYPE_CHECKING:
    from stripe_sandbox.world import World


@dataclass
class Call:
    world: World
    params: dict[str, Any]
    path: str = ""
    path_params: dict[str, str] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)

    def asked_for(self, kind: str, *names: str) -> list[dict[str, Any]]:
        """The objects of a kind that have what the caller gave for these names, by the world's indices."""
        return self.world.where(kind, **{name: self.params[name] for name in names if name in self.params})

    def page(self, found: list[dict[str, Any]]) -> dict[str, Any]:
        return paginate(self.world, found, self.params, self.path)


Handler = Callable[..., dict[str, Any]]
ROUTES: dict[str, Handler] = {}


def route(operation: str) -> Callable[[Handler], Handler]:
    """`operation` is the method and path as Stripe's API description writes them."""

    def register(handler: Handler) -> Handler:
        ROUTES[operation] = handler
        return handler

    return register


def set_metadata(obj: dict[str, Any], given: dict[str, str] | str | None) -> None:
    """Keys are merged; an empty value removes a key, an empty text removes all."""
    if given is None:
        return
    merged = {} if isinstance(given, str) else {**(obj.get("metadata") or {}), **given}
    kept = {key: value for key, value in merged.items() if value != ""}
    check_number(kept)
    obj["metadata"] = kept


def without_empty(given: dict[str, str] | str | None) -> dict[str, str]:
    """Metadata of something new: an empty value sets nothing."""
    return {key: value for key, value in given.items() if value != ""} if isinstance(given, dict) else {}


def assign(obj: dict[str, Any], params: dict[str, Any], *names: str) -> None:
    """Copy what was given; an empty text unsets."""
    for name in names:
        if name in params:
            obj[name] = None if params[name] == "" else params[name]
