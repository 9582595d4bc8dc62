"""What can be done with an invoice: finalize, pay, send, void, write off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.billing.amounts.billing_cycle import HOUR
from stripe_sandbox.billing.amounts.tax import check_place
from stripe_sandbox.billing.customers.customer_balance import adjust
from stripe_sandbox.billing.invoices.invoicing import finalize, mark_paid, void, write_off
from stripe_sandbox.billing.payments.payment_methods import attach, from_reference
from stripe_sandbox.billing.payments.payment_objects import new_payment
from stripe_sandbox.billing.payments.payments import after_payment, collect, require_method
from stripe_sandbox.billing.subscriptions.aftermath import after_void, after_write_off
from stripe_sandbox.errors import FailedPayment, InvalidRequest, missing_parameter, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World


@route("POST /v1/invoices/{invoice}/finalize")
def finalize_invoice(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    if found["status"] != "draft":
        raise wrong_state("This invoice is already finalized.", "invoice_not_editable", "invoice")
    if "auto_advance" in call.params:
        call.world.update(found, auto_advance=call.params["auto_advance"])
    make_final(call.world, found)
    return found


def make_final(world: World, invoice: dict[str, Any]) -> None:
    """By hand an unknown place is an error. Automatic collection tries the payment in an hour."""
    if invoice["automatic_tax"]["enabled"]:
        check_place(world.find("customer", invoice["customer"]), "automatic_tax")
    if not invoice["lines"]["data"]:
        message = "An invoice without lines cannot be finalized."
        raise wrong_state(message, "invoice_no_customer_line_items", "invoice")
    finalize(world, invoice)
    if invoice["status"] == "paid":
        after_payment(world, invoice)
    elif invoice["auto_advance"] and invoice["collection_method"] == "charge_automatically":
        world.update(invoice, next_payment_attempt=world.now(invoice["customer"]) + HOUR)


@route("POST /v1/invoices/{invoice}/pay")
def pay(call: Call, invoice: str) -> dict[str, Any]:
    world, found = call.world, call.world.find("invoice", invoice)
    if found["status"] == "draft":
        make_final(world, found)
        if found["status"] == "paid":
            return found
    check_payable(found)
    if call.get("paid_out_of_band"):
        mark_paid(world, found, off_stripe=True)
        after_payment(world, found)
        return found
    method = chosen_method(call, found)
    if method is None:
        require_method(world, found)
    refusal = collect(world, found, method, present=call.get("off_session") is False)
    if refusal:
        raise FailedPayment(refusal.message, refusal.code or "card_declined", **refusal.extra)
    return found


def check_payable(invoice: dict[str, Any]) -> None:
    """An invoice that was written off can still be paid."""
    status = invoice["status"]
    if status == "paid":
        raise wrong_state("Invoice is already paid", "invoice_already_paid", "invoice")
    if status == "void":
        raise wrong_state("A voided invoice cannot be paid.", "invoice_not_editable", "invoice")


def chosen_method(call: Call, invoice: dict[str, Any]) -> dict[str, Any] | None:
    given = call.get("payment_method") or call.get("source")
    if not given:
        return None
    method = from_reference(call.world, given)
    return attach(call.world, method, call.world.find("customer", invoice["customer"]))


@route("POST /v1/invoices/{invoice}/send")
def send(call: Call, invoice: str) -> dict[str, Any]:
    """Nothing is mailed, as in Stripe's test mode; the event says that it was."""
    found = call.world.find("invoice", invoice)
    if found["collection_method"] != "send_invoice":
        message = "Only an invoice whose `collection_method` is `send_invoice` can be sent."
        raise wrong_state(message, "invoice_not_editable", "invoice")
    if found["status"] in ("void", "uncollectible"):
        message = f"A {found['status']} invoice cannot be sent."
        raise wrong_state(message, "invoice_not_editable", "invoice")
    if found["status"] == "draft":
        make_final(call.world, found)
    call.world.emit("invoice.sent", found)
    return found


@route("POST /v1/invoices/{invoice}/void")
def void_invoice(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    if found["status"] not in ("open", "uncollectible"):
        message = f"A {found['status']} invoice cannot be voided."
        raise wrong_state(message, "invoice_not_editable", "invoice")
    void(call.world, found)
    after_void(call.world, found)
    return found


@route("POST /v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    if found["status"] != "open":
        message = "Only an open invoice can be marked uncollectible."
        raise wrong_state(message, "invoice_not_editable", "invoice")
    write_off(call.world, found)
    after_write_off(call.world, found)
    return found


@route("POST /v1/invoices/{invoice}/attach_payment")
def attach_payment(call: Call, invoice: str) -> dict[str, Any]:
    """A payment that succeeded on its own pays the invoice; what is too much becomes credit."""
    found = call.world.find("invoice", invoice)
    if not call.get("payment_intent"):
        raise missing_parameter("payment_intent")
    if found["status"] not in ("open", "uncollectible"):
        raise wrong_state(f"A {found['status']} invoice takes no payment.", "invoice_not_editable", "invoice")
    intent = call.world.find("payment_intent", call.params["payment_intent"], "payment_intent")
    check_fits(found, intent)
    credit(call.world, found, intent)
    return found


def check_fits(invoice: dict[str, Any], intent: dict[str, Any]) -> None:
    if intent["customer"] != invoice["customer"] or intent["currency"] != invoice["currency"]:
        message = "The payment is another customer's, or in another currency."
        raise InvalidRequest(message, param="payment_intent")
    if intent["status"] != "succeeded" or intent["amount_received"] < invoice["amount_remaining"]:
        message = "The sandbox attaches payments that succeeded and pay the whole invoice."
        raise InvalidRequest(message, param="payment_intent")


def credit(world: World, invoice: dict[str, Any], intent: dict[str, Any]) -> None:
    received, due = intent["amount_received"], invoice["amount_due"]
    payment = world.add(new_payment(world, invoice, intent))
    world.update(payment, amount_paid=due, is_default=False, status="paid")
    payment["status_transitions"]["paid_at"] = world.now(invoice["customer"])
    mark_paid(world, invoice)
    if received > due:
        world.update(invoice, amount_overpaid=received - due)
        customer = world.find("customer", invoice["customer"])
        adjust(world, customer, due - received, "invoice_overpaid", invoice["currency"], invoice["id"])
        world.emit("invoice.overpaid", invoice)
    world.emit("invoice_payment.paid", payment)
    after_payment(world, invoice)
