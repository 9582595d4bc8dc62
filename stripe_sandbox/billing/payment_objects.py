"""What paying an invoice makes: the intent, the invoice's payment, the charge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.errors import CardError
from stripe_sandbox.ids import new_id, secret

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def new_intent(world: World, invoice: dict[str, Any]) -> dict[str, Any]:
    intent_id = new_id("payment_intent")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": invoice["amount_due"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": secret(f"{intent_id}_secret_"),
        "confirmation_method": "automatic",
        "created": world.now(invoice["customer"]),
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_account": None,
        "description": f"Invoice {invoice['number']}",
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": "off_session",
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def new_payment(world: World, invoice: dict[str, Any], intent: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id("invoice_payment"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": world.now(invoice["customer"]),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }


def new_charge(
    world: World,
    invoice: dict[str, Any],
    intent: dict[str, Any],
    method: dict[str, Any] | None,
    refusal: CardError | None,
) -> dict[str, Any]:
    paid = refusal is None
    assert method is not None
    charge_id = new_id("charge")
    return {
        "id": charge_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": dict(method["billing_details"]),
        "calculated_statement_descriptor": "SANDBOX",
        "captured": paid,
        "created": world.now(invoice["customer"]),
        "currency": intent["currency"],
        "customer": invoice["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": refusal.code if refusal else None,
        "failure_message": refusal.message if refusal else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": outcome(refusal),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": charged_card(method), "type": "card"},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": f"{world.base_url}/invoice/{invoice['id']}" if paid else None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": None,
    }


def outcome(refusal: CardError | None) -> dict[str, Any]:
    paid = refusal is None
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network" if paid else "declined_by_network",
        "reason": None if refusal is None else refusal.extra.get("decline_code"),
        "risk_level": "normal",
        "risk_score": 10,
        "seller_message": "Payment complete." if paid else "The bank returned a decline.",
        "type": "authorized" if paid else "issuer_declined",
    }


def charged_card(method: dict[str, Any]) -> dict[str, Any]:
    card = method["card"]
    names = (
        "brand",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "regulated_status",
    )
    return {
        **{name: card[name] for name in names},
        "amount_authorized": None,
        "checks": dict(card["checks"]),
        "installments": None,
        "mandate": None,
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "three_d_secure": None,
        "wallet": None,
    }
