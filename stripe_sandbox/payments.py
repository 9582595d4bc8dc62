"""Charging a card for an invoice, and what the subscription becomes by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing_cycle import DAY
from stripe_sandbox.cards import card_of, declined
from stripe_sandbox.errors import CardError
from stripe_sandbox.ids import new_id, secret
from stripe_sandbox.invoicing import mark_paid, subscription_of

if TYPE_CHECKING:
    from stripe_sandbox.world import World

RETRY_DAYS = (3, 5, 7)
"""Days after the first attempt at which a failed renewal is tried again."""


def collect(
    world: World,
    invoice: dict[str, Any],
    method: dict[str, Any] | None = None,
    present: bool = False,
    authenticated: bool = False,
) -> CardError | None:
    """Try to pay an open invoice; answers the refusal, or None when it is paid.

    `present`: the customer sits at a page, so a card that refuses later charges still pays.
    """
    method = method or method_for(world, invoice)
    intent, payment = intent_for(world, invoice)
    refusal = refuses(world, invoice, method, present, authenticated)
    if refusal is None:
        assert method is not None
        succeed(world, invoice, intent, payment, method)
        return None
    fail(world, invoice, intent, method, refusal)
    return refusal


def method_for(world: World, invoice: dict[str, Any]) -> dict[str, Any] | None:
    """The invoice's, else the subscription's, else the customer's default."""
    subscription = subscription_of(world, invoice)
    customer = world.find("customer", invoice["customer"])
    candidates = (
        invoice["default_payment_method"],
        subscription["default_payment_method"] if subscription else None,
        customer["invoice_settings"]["default_payment_method"],
    )
    return next((world.get(name) for name in candidates if name), None)


def refuses(
    world: World, invoice: dict[str, Any], method: dict[str, Any] | None, present: bool, authenticated: bool
) -> CardError | None:
    if method is None:
        return CardError("The customer has no default payment method.", "resource_missing")
    customer = world.find("customer", invoice["customer"])
    if customer.get("_decline_next") and not present:
        world.update(customer, _decline_next=customer["_decline_next"] - 1)
        return declined("generic_decline")
    card = card_of(method["_number"])
    reason = card.decline or (None if present else card.decline_later)
    if reason:
        return declined(reason)
    if needs_authentication(method, authenticated):
        return CardError("Your card was declined. It asks for authentication.", "authentication_required")
    return None


def needs_authentication(method: dict[str, Any], authenticated: bool) -> bool:
    wish = card_of(method["_number"]).authenticate
    return not authenticated and (wish == "always" or (wish == "setup" and not method.get("_authenticated")))


def intent_for(world: World, invoice: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The invoice's default payment and its intent, made at the first need."""
    for payment in world.where("invoice_payment", invoice=invoice["id"], is_default=True):
        if payment["status"] == "open":
            return world.find("payment_intent", payment["payment"]["payment_intent"]), payment
    intent = world.add(new_intent(world, invoice))
    world.emit("payment_intent.created", intent)
    payment = world.add(new_payment(world, invoice, intent))
    return intent, payment


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


def succeed(
    world: World,
    invoice: dict[str, Any],
    intent: dict[str, Any],
    payment: dict[str, Any],
    method: dict[str, Any],
) -> None:
    now = world.now(invoice["customer"])
    charge = world.add(new_charge(world, invoice, intent, method, None))
    world.emit("charge.succeeded", charge)
    world.update(
        intent, status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"],
        payment_method=method["id"], last_payment_error=None, next_action=None,
    )  # fmt: skip
    world.emit("payment_intent.succeeded", intent)
    world.update(payment, status="paid", amount_paid=invoice["amount_due"])
    payment["status_transitions"]["paid_at"] = now
    world.update(invoice, attempt_count=invoice["attempt_count"] + 1)
    mark_paid(world, invoice)
    world.emit("invoice_payment.paid", payment)
    after_payment(world, invoice)


def after_payment(world: World, invoice: dict[str, Any]) -> None:
    """A paid invoice brings its subscription (back) to active."""
    customer = world.find("customer", invoice["customer"])
    if customer["delinquent"]:
        with world.changing(customer, "customer.updated"):
            customer["delinquent"] = False
    subscription = subscription_of(world, invoice)
    if subscription and subscription["status"] in ("incomplete", "past_due", "unpaid"):
        if subscription["latest_invoice"] == invoice["id"]:
            with world.changing(subscription, "customer.subscription.updated"):
                subscription["status"] = "active"


def fail(
    world: World,
    invoice: dict[str, Any],
    intent: dict[str, Any],
    method: dict[str, Any] | None,
    refusal: CardError,
) -> None:
    asks = refusal.code == "authentication_required"
    charge = world.add(new_charge(world, invoice, intent, method, refusal)) if method and not asks else None
    if charge:
        world.emit("charge.failed", charge)
    world.update(
        intent,
        status="requires_action" if asks else "requires_payment_method",
        last_payment_error=refusal.envelope()["error"],
        latest_charge=charge["id"] if charge else intent["latest_charge"],
        payment_method=method["id"] if asks and method else None,
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}} if asks else None,
    )
    world.emit("payment_intent.requires_action" if asks else "payment_intent.payment_failed", intent)
    with world.changing(invoice, "invoice.updated"):
        invoice["attempt_count"] += 1
        invoice["attempted"] = True
        invoice["next_payment_attempt"] = next_attempt(world, invoice)
    world.emit("invoice.payment_failed", invoice)
    if asks:
        world.emit("invoice.payment_action_required", invoice)
    fall_behind(world, invoice)


def next_attempt(world: World, invoice: dict[str, Any]) -> int | None:
    if invoice["billing_reason"] == "subscription_create" or not invoice["auto_advance"]:
        return None
    first = invoice.setdefault("_first_attempt", world.now(invoice["customer"]))
    later = [first + days * DAY for days in RETRY_DAYS]
    return next((at for at in later if at > world.now(invoice["customer"])), None)


def fall_behind(world: World, invoice: dict[str, Any]) -> None:
    """Active becomes past_due; when no retry is left, the account's setting decides."""
    subscription = subscription_of(world, invoice)
    if subscription is None or subscription["status"] not in ("active", "trialing", "past_due"):
        return
    customer = world.find("customer", invoice["customer"])
    if not customer["delinquent"]:
        with world.changing(customer, "customer.updated"):
            customer["delinquent"] = True
    with world.changing(subscription, "customer.subscription.updated"):
        subscription["status"] = "past_due"
    if invoice["next_payment_attempt"] is None and invoice["auto_advance"]:
        give_up(world, subscription)


def give_up(world: World, subscription: dict[str, Any]) -> None:
    from stripe_sandbox.subscribing import cancel_now

    after = world.settings()["after_retries"]
    if after == "unpaid":
        with world.changing(subscription, "customer.subscription.updated"):
            subscription["status"] = "unpaid"
    elif after == "cancel":
        cancel_now(world, subscription, reason="payment_failed")


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
