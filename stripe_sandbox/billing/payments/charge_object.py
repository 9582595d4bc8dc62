"""A charge: one attempt to take an intent's money from a card, as the bank answered it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.payments.cards import card_of
from stripe_sandbox.errors import CardError
from stripe_sandbox.ids import new_id

if TYPE_CHECKING:
    from stripe_sandbox.world import World

UNUSED = (
    "application",
    "application_fee",
    "application_fee_amount",
    "balance_transaction",
    "failure_balance_transaction",
    "on_behalf_of",
    "receipt_number",
    "review",
    "source_transfer",
    "transfer_data",
)
FROM_INTENT = (
    "amount",
    "currency",
    "customer",
    "description",
    "receipt_email",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
CARD_FIELDS = (
    "brand",
    "country",
    "exp_month",
    "exp_year",
    "fingerprint",
    "funding",
    "last4",
    "regulated_status",
)
RISK_SCORES = {"normal": 10, "elevated": 65, "highest": 92}


def new_charge(
    world: World,
    intent: dict[str, Any],
    method: dict[str, Any],
    refusal: CardError | None = None,
    captured: bool = True,
) -> dict[str, Any]:
    """`captured=False` only holds the money."""
    paid = refusal is None
    return {
        **dict.fromkeys(UNUSED),
        **{name: intent[name] for name in FROM_INTENT},
        "id": new_id("charge"),
        "object": "charge",
        "amount_captured": intent["amount"] if paid and captured else 0,
        "amount_refunded": 0,
        "billing_details": dict(method["billing_details"]),
        "calculated_statement_descriptor": intent["statement_descriptor"] or "SANDBOX",
        "captured": paid and captured,
        "created": world.now(intent["customer"]),
        "disputed": False,
        "failure_code": refusal.code if refusal else None,
        "failure_message": refusal.message if refusal else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": outcome(method, refusal),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": charged_card(method, intent, paid), "type": "card"},
        "receipt_url": receipt_address(world, intent) if paid else None,
        "refunded": False,
        "status": "succeeded" if paid else "failed",
    }


def receipt_address(world: World, intent: dict[str, Any]) -> str:
    paid_for = intent.get("_invoice")
    return f"{world.base_url}/invoice/{paid_for}" if paid_for else f"{world.base_url}/objects/{intent['id']}"


def outcome(method: dict[str, Any], refusal: CardError | None) -> dict[str, Any]:
    risk = card_of(method["_number"]).risk
    reason = refusal.extra.get("decline_code") if refusal else None
    blocked = reason == "fraudulent"
    return {
        "advice_code": refusal.extra.get("advice_code") if refusal else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network_status(refusal, blocked),
        "reason": "highest_risk_level" if blocked else reason,
        "risk_level": risk,
        "risk_score": RISK_SCORES[risk],
        "seller_message": seller_message(refusal, blocked),
        "type": "authorized" if refusal is None else "blocked" if blocked else "issuer_declined",
    }


def network_status(refusal: CardError | None, blocked: bool) -> str:
    if refusal is None:
        return "approved_by_network"
    return "not_sent_to_network" if blocked else "declined_by_network"


def seller_message(refusal: CardError | None, blocked: bool) -> str:
    if refusal is None:
        return "Payment complete."
    return "The payment was blocked as too risky." if blocked else "The bank returned a decline."


def charged_card(method: dict[str, Any], intent: dict[str, Any], paid: bool) -> dict[str, Any]:
    card = method["card"]
    return {
        **{name: card[name] for name in CARD_FIELDS},
        "amount_authorized": intent["amount"] if paid else None,
        "authorization_code": None,
        "checks": dict(card["checks"]),
        "installments": None,
        "mandate": None,
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "three_d_secure": authentication_of(intent, method),
        "wallet": None,
    }


def authentication_of(intent: dict[str, Any], method: dict[str, Any]) -> dict[str, Any] | None:
    """`_authenticated` names the card whose holder confirmed this payment."""
    if intent.get("_authenticated") != method["id"]:
        return None
    return {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": None,
        "version": "2.2.0",
    }
