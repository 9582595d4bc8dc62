"""A charge that its cardholder contests: how a dispute begins, is answered and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import DAY
from stripe_sandbox.billing.payments.account_balance import DISPUTE_FEE, new_transaction
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


OPEN = ("needs_response", "warning_needs_response")
CLOSED = ("won", "lost", "warning_closed", "prevented")
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}
"""What `uncategorized_text` decides at once, as in Stripe's test mode."""
ESCALATE = "escalate_inquiry_evidence"


def open_dispute(
    world: World, charge: dict[str, Any], reason: str = "fraudulent", inquiry: bool = False
) -> dict[str, Any]:
    """Adds the dispute; its events are the caller's. No subscription moves by it."""
    now = world.now(charge["customer"])
    dispute = {
        "id": new_id("dispute"),
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"],
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
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": disputed_card(charge, inquiry), "type": "card"},
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
        "_customer": charge["customer"],
    }
    world.add(dispute)
    if not inquiry:
        world.update(charge, disputed=True)
    return dispute


def disputed_card(charge: dict[str, Any], inquiry: bool) -> dict[str, Any]:
    brand = charge["payment_method_details"]["card"]["brand"]
    return {
        "brand": brand,
        "case_type": "inquiry" if inquiry else "chargeback",
        "network": brand,
        "network_reason_code": "10.4",
    }


def contest(world: World, charge: dict[str, Any], reason: str, inquiry: bool) -> dict[str, Any]:
    """The cardholder complains; unless the bank only asks, it takes the money back at once."""
    dispute = open_dispute(world, charge, reason, inquiry)
    world.emit("charge.dispute.created", dispute)
    if not inquiry:
        withdraw(world, dispute)
    return dispute


def withdraw(world: World, dispute: dict[str, Any]) -> None:
    move(world, dispute, -dispute["amount"], DISPUTE_FEE, "dispute")
    world.emit("charge.dispute.funds_withdrawn", dispute)


def move(world: World, dispute: dict[str, Any], amount: int, fee: int, category: str) -> None:
    made = new_transaction(world, dispute, "adjustment", amount, fee, category)
    world.touch(dispute)["balance_transactions"].append(world.render(made))


def submit(world: World, dispute: dict[str, Any]) -> None:
    """Send the evidence to the bank, which decides at once about Stripe's magic words."""
    text = dispute["evidence"]["uncategorized_text"]
    dispute["evidence_details"]["submission_count"] += 1
    inquiry = dispute["status"].startswith("warning")
    dispute["status"] = "warning_under_review" if inquiry else "under_review"
    if text == ESCALATE and inquiry:
        escalate(world, dispute)
    elif text in VERDICTS:
        dispute["_verdict"] = "warning_closed" if inquiry else VERDICTS[text]


def escalate(world: World, dispute: dict[str, Any]) -> None:
    """An inquiry that becomes a chargeback."""
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    world.update(world.find("charge", dispute["charge"]), disputed=True)
    withdraw(world, dispute)


def close_dispute(world: World, dispute: dict[str, Any], status: str) -> dict[str, Any]:
    """`won` brings the money back, the fee stays; an inquiry just closes."""
    world.update(dispute, status=status)
    if status == "won":
        move(world, dispute, dispute["amount"], 0, "dispute_reversal")
        world.emit("charge.dispute.funds_reinstated", dispute)
    world.emit("charge.dispute.closed", dispute)
    return dispute


def accept(world: World, dispute: dict[str, Any]) -> dict[str, Any]:
    """No defence: a chargeback is lost, an inquiry closes."""
    inquiry = dispute["status"].startswith("warning")
    return close_dispute(world, dispute, "warning_closed" if inquiry else "lost")


def times(dispute: dict[str, Any]) -> list[tuple[int, str]]:
    """A dispute that nobody answers is lost on the day the answer was due."""
    due = dispute["evidence_details"]["due_by"]
    return [(due, "lapse_dispute")] if due and dispute["status"] in OPEN else []


def lapse_dispute(world: World, dispute: dict[str, Any]) -> None:
    world.touch(dispute)["evidence_details"]["past_due"] = True
    accept(world, dispute)


def about_charge(world: World, charge: dict[str, Any]) -> dict[str, Any]:
    """The charge's dispute, opened at the first need."""
    found = world.where("dispute", charge=charge["id"])
    return found[-1] if found else open_dispute(world, charge)
