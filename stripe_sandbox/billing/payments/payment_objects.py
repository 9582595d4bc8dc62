"""What paying makes: the intent, an invoice's payment. Charges stand in `charge_object`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.ids import new_id, secret

if TYPE_CHECKING:
    from stripe_sandbox.world import World

UNUSED = (
    "application",
    "application_fee_amount",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "customer_account",
    "description",
    "last_payment_error",
    "latest_charge",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "processing",
    "receipt_email",
    "review",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)


def blank_intent(world: World, amount: int, currency: str, customer: str | None) -> dict[str, Any]:
    """A payment intent that has met no card yet."""
    intent_id = new_id("payment_intent")
    return {
        **dict.fromkeys(UNUSED),
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic",
        "client_secret": secret(f"{intent_id}_secret_"),
        "confirmation_method": "automatic",
        "created": world.now(customer),
        "currency": currency,
        "customer": customer,
        "livemode": False,
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def new_intent(world: World, invoice: dict[str, Any]) -> dict[str, Any]:
    """The intent that pays an invoice; `_invoice` leads back, which Stripe's own object does not."""
    intent = blank_intent(world, invoice["amount_due"], invoice["currency"], invoice["customer"])
    return intent | {
        "description": f"Invoice {invoice['number']}",
        "setup_future_usage": "off_session",
        "_invoice": invoice["id"],
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
        "_customer": invoice["customer"],  # whose clock dates its events
    }
