"""Disputes."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route, set_metadata
from stripe_sandbox.billing.disputes import close_dispute
from stripe_sandbox.errors import wrong_state


@route("GET /v1/disputes/{dispute}")
def retrieve(call: Call, dispute: str) -> dict[str, Any]:
    return call.world.find("dispute", dispute)


@route("GET /v1/disputes")
def list_disputes(call: Call) -> dict[str, Any]:
    found = call.world.all("dispute")
    for name in ("charge", "payment_intent"):
        if name in call.params:
            found = [dispute for dispute in found if dispute[name] == call.params[name]]
    return call.page(found)


@route("POST /v1/disputes/{dispute}")
def update(call: Call, dispute: str) -> dict[str, Any]:
    found = call.world.find("dispute", dispute)
    with call.world.changing(found, "charge.dispute.updated"):
        found["evidence"] |= call.get("evidence") or {}
        found["evidence_details"]["has_evidence"] = bool(call.get("evidence"))
        if call.get("submit", True) and call.get("evidence"):
            found["evidence_details"]["submission_count"] += 1
            found["status"] = "under_review"
        set_metadata(found, call.get("metadata"))
    return found


@route("POST /v1/disputes/{dispute}/close")
def close(call: Call, dispute: str) -> dict[str, Any]:
    """Closing accepts the loss."""
    found = call.world.find("dispute", dispute)
    if found["status"] in ("won", "lost"):
        raise wrong_state("This dispute is already closed.", param="dispute")
    return close_dispute(call.world, found, "lost")
