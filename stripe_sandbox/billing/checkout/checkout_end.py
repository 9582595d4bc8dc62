"""How an open Checkout session expires, and the second chance it may leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import DAY

if TYPE_CHECKING:
    from stripe_sandbox.world import World

RECOVERABLE = 30 * DAY


def expire(world: World, session: dict[str, Any], **changes: Any) -> dict[str, Any]:
    world.update(session, status="expired", url=None, **changes)
    recovery = (session["after_expiration"] or {}).get("recovery")
    if recovery and recovery["enabled"]:
        recovery |= {
            "expires_at": session["expires_at"] + RECOVERABLE,
            "url": f"{world.base_url}/checkout/{session['id']}/recover",
        }
    world.emit("checkout.session.expired", session)
    return session
