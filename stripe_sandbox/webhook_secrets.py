"""The secrets of a webhook endpoint: rolled, an old one stays good for a while beside the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.ids import secret

if TYPE_CHECKING:
    from stripe_sandbox.world import World

LONGEST = 24 * 3600
"""As long as Stripe's dashboard lets an old secret live."""


def roll(world: World, endpoint: dict[str, Any], expires_in: int) -> dict[str, Any]:
    """A new secret; until the old one expires, deliveries are signed with both. Call with the world open."""
    now = world.wall_clock()
    old = [{"secret": endpoint["secret"], "expires_at": now + expires_in}] if expires_in else []
    kept = [entry for entry in endpoint.get("_old_secrets", []) if entry["expires_at"] > now]
    return world.update(endpoint, secret=secret("whsec_"), _old_secrets=old + kept)


def valid_secrets(endpoint: dict[str, Any], now: int) -> list[str]:
    """The newest first."""
    old = [entry["secret"] for entry in endpoint.get("_old_secrets", []) if entry["expires_at"] > now]
    return [endpoint["secret"], *old]
