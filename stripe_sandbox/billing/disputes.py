"""A charge that its cardholder contests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.billing_cycle import DAY
from stripe_sandbox.ids import new_id

if TYPE_CHECKING:
    from stripe_sandbox.world import World

EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


def open_dispute(world: World, charge: dict[str, Any], reason: str = "fraudulent") -> dict[str, Any]:
    """Adds the dispute; sending `charge.dispute.created` is the caller's. No subscription moves by it."""
    now = world.now(charge["customer"])
    brand = charge["payment_method_details"]["card"]["brand"]
    dispute = {
        "id": new_id("dispute"),
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + 9 * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": brand,
                "case_type": "chargeback",
                "network": brand,
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }
    world.add(dispute)
    world.update(charge, disputed=True)
    return dispute


def close_dispute(world: World, dispute: dict[str, Any], status: str) -> dict[str, Any]:
    world.update(dispute, status=status)
    world.emit("charge.dispute.closed", dispute)
    return dispute


def about_charge(world: World, charge: dict[str, Any]) -> dict[str, Any]:
    """The charge's dispute, opened at the first need."""
    found = world.where("dispute", charge=charge["id"])
    return found[-1] if found else open_dispute(world, charge)
