"""Disputes."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route, set_metadata
from stripe_sandbox.billing.payments.disputes import CLOSED, OPEN, accept, close_dispute, submit
from stripe_sandbox.errors import MissingObject, wrong_state


@route("GET /v1/disputes/{dispute}")
def retrieve(call: Call, dispute: str) -> dict[str, Any]:
    return call.world.find("dispute", dispute)


@route("GET /v1/disputes")
def list_disputes(call: Call) -> dict[str, Any]:
    return call.page(call.asked_for("dispute", "charge", "payment_intent"))


@route("POST /v1/disputes/{dispute}")
def update(call: Call, dispute: str) -> dict[str, Any]:
    """Evidence is sent to the bank at once unless `submit=false` only keeps it."""
    found = call.world.find("dispute", dispute)
    if call.get("evidence") and found["status"] in CLOSED:
        raise wrong_state("This dispute is closed, so its evidence cannot change.", param="evidence")
    if call.get("evidence") and found["status"] not in OPEN:
        raise wrong_state("The evidence of this dispute was already submitted.", param="evidence")
    with call.world.changing(found, "charge.dispute.updated"):
        keep_evidence(found, call.get("evidence") or {})
        set_metadata(found, call.get("metadata"))
        if call.get("submit", "evidence" in call.params):
            submit(call.world, found)
    verdict = found.pop("_verdict", None)
    return close_dispute(call.world, found, verdict) if verdict else found


def keep_evidence(dispute: dict[str, Any], given: dict[str, Any]) -> None:
    dispute["evidence"] |= {
        name: value or None for name, value in given.items() if name != "enhanced_evidence"
    }
    dispute["evidence_details"]["has_evidence"] = any(
        value for name, value in dispute["evidence"].items() if name != "enhanced_evidence"
    )


@route("POST /v1/disputes/{dispute}/close")
def close(call: Call, dispute: str) -> dict[str, Any]:
    """Closing accepts the loss."""
    found = call.world.find("dispute", dispute)
    if found["status"] in CLOSED:
        raise wrong_state("This dispute is already closed.", param="dispute")
    return accept(call.world, found)


def of_charge(call: Call, charge: str) -> str:
    call.world.find("charge", charge)
    found = call.world.where("dispute", charge=charge)
    if not found:
        raise MissingObject("dispute for charge", charge, "charge")
    dispute_id: str = found[-1]["id"]
    return dispute_id


@route("GET /v1/charges/{charge}/dispute")
def retrieve_of_charge(call: Call, charge: str) -> dict[str, Any]:
    return retrieve(call, of_charge(call, charge))


@route("POST /v1/charges/{charge}/dispute")
def update_of_charge(call: Call, charge: str) -> dict[str, Any]:
    return update(call, of_charge(call, charge))


@route("POST /v1/charges/{charge}/dispute/close")
def close_of_charge(call: Call, charge: str) -> dict[str, Any]:
    return close(call, of_charge(call, charge))
