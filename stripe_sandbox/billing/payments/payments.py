"""Charging a card for an invoice, and what the subscription becomes by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import DAY
from stripe_sandbox.billing.invoices.invoicing import mark_paid, subscription_of
from stripe_sandbox.billing.payments import charging
from stripe_sandbox.billing.payments.cards import declined, refusal_of
from stripe_sandbox.billing.payments.payment_objects import new_intent, new_payment
from stripe_sandbox.billing.subscriptions.aftermath import after_latest_invoice
from stripe_sandbox.billing.subscriptions.ending import cancel_now
from stripe_sandbox.errors import CardError, StripeError

if TYPE_CHECKING:
    from stripe_sandbox.world import World

RETRY_DAYS = (3, 5, 7)
"""Days after the first attempt at which a failed renewal is tried again."""
NOT_SENT = ("payment_intent_authentication_failure", "resource_missing")
"""What failed before any bank was asked."""


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


def require_method(world: World, invoice: dict[str, Any]) -> None:
    """Raises Stripe's 400 for a charge without anything to charge."""
    if method_for(world, invoice) is None:
        message = "This customer has no default payment method. Add one, then try again."
        raise StripeError(message, code="resource_missing")


def refuses(
    world: World, invoice: dict[str, Any], method: dict[str, Any] | None, present: bool, authenticated: bool
) -> CardError | None:
    if method is None:
        return CardError("The customer has no default payment method.", "resource_missing")
    customer = world.find("customer", invoice["customer"])
    if customer.get("_decline_next") and not present:
        world.update(customer, _decline_next=customer["_decline_next"] - 1)
        return declined("generic_decline")
    return refusal_of(method, present, authenticated)


def intent_for(world: World, invoice: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The invoice's default payment and its intent, made at the first need."""
    for payment in world.where("invoice_payment", invoice=invoice["id"], is_default=True):
        if payment["status"] == "open":
            return world.find("payment_intent", payment["payment"]["payment_intent"]), payment
    intent = world.add(new_intent(world, invoice))
    world.emit("payment_intent.created", intent)
    payment = world.add(new_payment(world, invoice, intent))
    return intent, payment


def succeed(
    world: World,
    invoice: dict[str, Any],
    intent: dict[str, Any],
    payment: dict[str, Any],
    method: dict[str, Any],
) -> None:
    charge = charging.pay(world, intent, method)
    world.update(payment, status="paid", amount_paid=invoice["amount_due"])
    payment["status_transitions"]["paid_at"] = world.now(invoice["customer"])
    mark_paid(world, invoice, attempts=1)
    world.emit("invoice_payment.paid", payment)
    after_payment(world, invoice)
    keep_method(world, invoice, method)
    charging.contest_if_marked(world, charge, method)


def keep_method(world: World, invoice: dict[str, Any], method: dict[str, Any]) -> None:
    """`save_default_payment_method=on_subscription`: what paid first pays from now on."""
    subscription = subscription_of(world, invoice)
    wish = ((subscription or {}).get("payment_settings") or {}).get("save_default_payment_method")
    if subscription and wish == "on_subscription" and method["customer"] == subscription["customer"]:
        with world.changing(subscription, "customer.subscription.updated"):
            subscription["default_payment_method"] = method["id"]


def after_payment(world: World, invoice: dict[str, Any]) -> None:
    """The customer owes nothing of it any more, and its subscription goes on."""
    customer = world.find("customer", invoice["customer"])
    if customer["delinquent"]:
        with world.changing(customer, "customer.updated"):
            customer["delinquent"] = False
    subscription = subscription_of(world, invoice)
    if subscription:
        after_latest_invoice(world, subscription, invoice)


def fail(
    world: World,
    invoice: dict[str, Any],
    intent: dict[str, Any],
    method: dict[str, Any] | None,
    refusal: CardError,
) -> None:
    asks = method is not None and refusal.code == "authentication_required"
    if method and asks:
        charging.ask(world, intent, method, refusal)
    else:
        charging.refuse(world, intent, method, refusal, refusal.code not in NOT_SENT)
    with world.changing(invoice, "invoice.updated"):
        invoice["attempt_count"] += 1
        invoice["attempted"] = True
        invoice["next_payment_attempt"] = next_attempt(world, invoice)
    world.emit("invoice.payment_failed", invoice)
    if asks:
        world.emit("invoice.payment_action_required", invoice)
    fall_behind(world, invoice)


def next_attempt(world: World, invoice: dict[str, Any]) -> int | None:
    subscription = subscription_of(world, invoice)
    waits = subscription is not None and subscription["status"] == "incomplete"
    if waits or not invoice["auto_advance"]:
        return None
    first = invoice.setdefault("_first_attempt", world.now(invoice["customer"]))
    later = [first + days * DAY for days in RETRY_DAYS]
    return next((at for at in later if at > world.now(invoice["customer"])), None)


def fall_behind(world: World, invoice: dict[str, Any]) -> None:
    """Active becomes past_due; when no retry is left, the account's setting decides.

    A change that waits for its payment leaves the subscription as it is.
    """
    subscription = subscription_of(world, invoice)
    if subscription is None or subscription["status"] not in ("active", "trialing", "past_due"):
        return
    if subscription.get("_pending_invoice") == invoice["id"]:
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
    after = world.settings()["after_retries"]
    if after == "unpaid":
        with world.changing(subscription, "customer.subscription.updated"):
            subscription["status"] = "unpaid"
    elif after == "cancel":
        cancel_now(world, subscription, reason="payment_failed")
