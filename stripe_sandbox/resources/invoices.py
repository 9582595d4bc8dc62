"""Invoices, their payments, previews, and pending invoice items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.api.pagination import cut
from stripe_sandbox.billing.changing import apply
from stripe_sandbox.billing.happenings import upcoming
from stripe_sandbox.billing.invoicing import draft, finalize, mark_paid, subscription_of, void
from stripe_sandbox.billing.payments import after_payment, collect, require_method
from stripe_sandbox.billing.subscribing import outline
from stripe_sandbox.errors import FailedPayment, missing_parameter, wrong_state
from stripe_sandbox.rendering import copy, page
from stripe_sandbox.resources.customers import new_customer
from stripe_sandbox.resources.payment_methods import attach, from_reference

if TYPE_CHECKING:
    from stripe_sandbox.world import World


@route("GET /v1/invoices/{invoice}")
def retrieve(call: Call, invoice: str) -> dict[str, Any]:
    return call.world.find("invoice", invoice)


@route("GET /v1/invoices")
def list_invoices(call: Call) -> dict[str, Any]:
    found = call.world.all("invoice")
    for name in ("customer", "status", "collection_method"):
        if name in call.params:
            found = [invoice for invoice in found if invoice[name] == call.params[name]]
    if "subscription" in call.params:
        wanted = call.params["subscription"]
        found = [i for i in found if (subscription_of(call.world, i) or {}).get("id") == wanted]
    if not {"customer", "subscription"} & set(call.params):
        found = [invoice for invoice in found if not invoice["test_clock"]]
    return call.page(found)


@route("POST /v1/invoices")
def create(call: Call) -> dict[str, Any]:
    if not call.get("customer"):
        raise missing_parameter("customer")
    customer = call.world.find("customer", call.params["customer"], "customer")
    subscription = call.get("subscription") and call.world.find(
        "subscription", call.params["subscription"], "subscription"
    )
    now = call.world.now(customer["id"])
    reason = "subscription_update" if subscription else "manual"
    auto = call.get("auto_advance", False)
    invoice = draft(call.world, customer, subscription or None, reason, [], (now, now), auto_advance=auto)
    assign(invoice, call.params, "description", "footer", "collection_method")
    set_metadata(invoice, call.get("metadata"))
    call.world.emit("invoice.created", invoice)
    return invoice


@route("POST /v1/invoices/{invoice}")
def update(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    with call.world.changing(found, "invoice.updated"):
        assign(found, call.params, "auto_advance", "description", "footer", "default_payment_method")
        set_metadata(found, call.get("metadata"))
    return found


@route("GET /v1/invoices/{invoice}/lines")
def list_lines(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    params = {name: value for name, value in call.params.items() if name != "created"}
    lines, has_more = cut(found["lines"]["data"], params)
    return page(copy(lines), call.path, has_more)


@route("POST /v1/invoices/{invoice}/finalize")
def finalize_invoice(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    if found["status"] != "draft":
        raise wrong_state("This invoice is already finalized.", "invoice_not_editable", "invoice")
    finalize(call.world, found)
    if found["status"] == "paid":
        after_payment(call.world, found)
    return found


@route("POST /v1/invoices/{invoice}/pay")
def pay(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    if found["status"] == "draft":
        finalize(call.world, found)
    if found["status"] != "open":
        raise wrong_state(
            f"Invoice is already {found['status']}.", f"invoice_already_{found['status']}", "invoice"
        )
    if call.get("paid_out_of_band"):
        mark_paid(call.world, found)
        after_payment(call.world, found)
        return found
    method = chosen_method(call, found)
    if method is None:
        require_method(call.world, found)
    refusal = collect(call.world, found, method)
    if refusal:
        raise FailedPayment(refusal.message, refusal.code or "card_declined", **refusal.extra)
    return found


def chosen_method(call: Call, invoice: dict[str, Any]) -> dict[str, Any] | None:
    if not call.get("payment_method"):
        return None
    method = from_reference(call.world, call.params["payment_method"])
    return attach(call.world, method, call.world.find("customer", invoice["customer"]))


@route("POST /v1/invoices/{invoice}/void")
def void_invoice(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    if found["status"] not in ("open", "uncollectible"):
        raise wrong_state(f"A {found['status']} invoice cannot be voided.", "invoice_not_editable", "invoice")
    return void(call.world, found)


@route("POST /v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    if found["status"] != "open":
        raise wrong_state(
            "Only an open invoice can be marked uncollectible.", "invoice_not_editable", "invoice"
        )
    call.world.update(found, status="uncollectible", auto_advance=False, next_payment_attempt=None)
    found["status_transitions"]["marked_uncollectible_at"] = call.world.now(found["customer"])
    call.world.emit("invoice.marked_uncollectible", found)
    return found


@route("DELETE /v1/invoices/{invoice}")
def delete(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    if found["status"] != "draft" or found["parent"]:
        raise wrong_state("Only a draft that belongs to no subscription can be deleted.", param="invoice")
    call.world.emit("invoice.deleted", found)
    call.world.remove(found)
    return {"id": invoice, "object": "invoice", "_deleted": True}


@route("POST /v1/invoices/create_preview")
def create_preview(call: Call) -> dict[str, Any]:
    """The change is made, its invoice taken, and all is undone: preview and truth cannot differ."""
    shown = preview(call.world, call.params)
    shown = call.world.render(shown) if not str(shown["id"]).startswith("upcoming_") else shown
    call.world.discard()
    shown["id"] = shown["id"] if shown["id"].startswith("upcoming_") else f"upcoming_{shown['id']}"
    return {"_finished": shown}


def preview(world: World, params: dict[str, Any]) -> dict[str, Any]:
    details = dict(params.get("subscription_details") or {})
    if params.get("discounts"):
        details["discounts"] = params["discounts"]
    if not params.get("subscription"):
        return first_invoice(world, params, details)
    subscription = world.find("subscription", params["subscription"], "subscription")
    if details.pop("cancel_now", False):
        details = {}
    invoice = apply(world, subscription, details)
    return invoice or upcoming(world, subscription)


def first_invoice(world: World, params: dict[str, Any], details: dict[str, Any]) -> dict[str, Any]:
    customer = params.get("customer")
    if not customer and not params.get("customer_details"):
        raise missing_parameter("customer")
    if not customer:
        customer = new_customer(world, {})["id"]
    if not details.get("items"):
        raise wrong_state("No upcoming invoices for customer.", "invoice_upcoming_none")
    return outline(world, {**details, "customer": customer})[1]


@route("GET /v1/invoice_payments")
def list_payments(call: Call) -> dict[str, Any]:
    found = call.world.all("invoice_payment")
    for name in ("invoice", "status"):
        if name in call.params:
            found = [payment for payment in found if payment[name] == call.params[name]]
    wanted = (call.get("payment") or {}).get("payment_intent")
    if wanted:
        found = [payment for payment in found if payment["payment"].get("payment_intent") == wanted]
    return call.page(found)


@route("GET /v1/invoice_payments/{invoice_payment}")
def retrieve_payment(call: Call, invoice_payment: str) -> dict[str, Any]:
    return call.world.find("invoice_payment", invoice_payment)
