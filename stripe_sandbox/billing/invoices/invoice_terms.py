"""What a caller may set on an invoice, before and after it is final."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import assign, set_metadata
from stripe_sandbox.billing.amounts.billing_cycle import DAY, HOUR
from stripe_sandbox.billing.amounts.discounts import set_discounts
from stripe_sandbox.billing.amounts.tax import automatic_tax
from stripe_sandbox.billing.amounts.tax_rates import rates_named
from stripe_sandbox.billing.customers.customer_fields import custom_fields, own_method
from stripe_sandbox.errors import InvalidRequest, missing_parameter, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Params = dict[str, Any]
PLAIN = (
    "automatically_finalizes_at",
    "description",
    "effective_at",
    "footer",
    "statement_descriptor",
)
STAYS_EDITABLE = {"auto_advance", "default_payment_method", "expand", "metadata", "payment_settings"}
NOT_HERE = (
    "application_fee_amount",
    "customer_account",
    "default_source",
    "from_invoice",
    "on_behalf_of",
    "rendering",
    "shipping_cost",
    "transfer_data",
)


def set_terms(world: World, invoice: dict[str, Any], params: Params) -> None:
    check_editable(invoice, params)
    for name in NOT_HERE:
        if params.get(name):
            raise InvalidRequest(f"The sandbox does not do `{name}` on invoices.", param=name)
    assign(invoice, params, *PLAIN)
    set_metadata(invoice, params.get("metadata"))
    set_number(world, invoice, params)
    set_collection(invoice, params)
    set_advance(world, invoice, params)
    set_shown(world, invoice, params)
    set_payment(world, invoice, params)
    set_taxes(world, invoice, params)
    if "discounts" in params:
        own = {"invoice": invoice["id"]}
        customer, currency = invoice["customer"], invoice["currency"]
        set_discounts(world, invoice, params["discounts"], customer, currency, **own)


def check_editable(invoice: dict[str, Any], params: Params) -> None:
    """A final invoice keeps what it says; a closed one keeps all but its metadata."""
    status = invoice["status"]
    allowed = STAYS_EDITABLE if status in ("open", "uncollectible") else {"expand", "metadata"}
    refused = sorted(set(params) - allowed) if status != "draft" else []
    if refused:
        message = f"A finalized invoice can't be updated in this way ({', '.join(refused)})."
        raise wrong_state(message, "invoice_not_editable", refused[0])


def set_number(world: World, invoice: dict[str, Any], params: Params) -> None:
    if "number" not in params:
        return
    number = params["number"] or None
    if number and any(other is not invoice for other in world.where("invoice", number=number)):
        raise InvalidRequest(f"Another invoice has the number {number} already.", param="number")
    invoice["number"] = number


def set_collection(invoice: dict[str, Any], params: Params) -> None:
    """`due_date` and `days_until_due` are for invoices that are sent."""
    method = params.get("collection_method") or invoice["collection_method"]
    due = due_date(invoice, params)
    if method == "charge_automatically" and due is not None:
        name = "due_date" if "due_date" in params else "days_until_due"
        raise InvalidRequest(f"`{name}` is for `collection_method=send_invoice` only.", param=name)
    if method == "send_invoice" and due is None and invoice["due_date"] is None:
        raise missing_parameter("days_until_due")
    if method == "send_invoice":
        invoice["due_date"] = due if due is not None else invoice["due_date"]
        invoice["next_payment_attempt"] = None
    else:
        invoice["due_date"] = None
    invoice["collection_method"] = method


def due_date(invoice: dict[str, Any], params: Params) -> int | None:
    if "due_date" in params and "days_until_due" in params:
        message = "Only one of `due_date` and `days_until_due` may be given."
        raise InvalidRequest(message, param="due_date")
    if "days_until_due" in params:
        days = params["days_until_due"]
        if days < 0:
            raise InvalidRequest("`days_until_due` must be 0 or more.", param="days_until_due")
        return int(invoice["created"] + days * DAY)
    due = params.get("due_date")
    if due is not None and due < invoice["created"]:
        raise InvalidRequest("`due_date` must not lie in the past.", param="due_date")
    return due


def set_advance(world: World, invoice: dict[str, Any], params: Params) -> None:
    """Automatic collection finalizes a draft an hour from now, unless it is told when."""
    if "auto_advance" in params:
        invoice["auto_advance"] = params["auto_advance"]
    now = world.now(invoice["customer"])
    if "automatically_finalizes_at" in params and params["automatically_finalizes_at"] <= now:
        message = "`automatically_finalizes_at` must lie in the future."
        raise InvalidRequest(message, param="automatically_finalizes_at")
    if invoice["status"] != "draft" or "automatically_finalizes_at" in params:
        return
    waits = invoice["automatically_finalizes_at"] or now + HOUR
    invoice["automatically_finalizes_at"] = waits if invoice["auto_advance"] else None


def set_shown(world: World, invoice: dict[str, Any], params: Params) -> None:
    """What the printed invoice shows besides its amounts."""
    if "custom_fields" in params:
        invoice["custom_fields"] = custom_fields(params["custom_fields"], "custom_fields")
    if "account_tax_ids" in params:
        named = params["account_tax_ids"] or []
        invoice["account_tax_ids"] = [world.find("tax_id", i, "account_tax_ids")["id"] for i in named] or None
    if "shipping_details" in params:
        given = params["shipping_details"] or None
        invoice["shipping_details"] = {"phone": None, **given} if given else None


def set_payment(world: World, invoice: dict[str, Any], params: Params) -> None:
    if "default_payment_method" in params:
        customer = world.find("customer", invoice["customer"])
        invoice["default_payment_method"] = own_method(world, customer, params["default_payment_method"])
    for name, value in (params.get("payment_settings") or {}).items():
        invoice["payment_settings"][name] = value or None


def set_taxes(world: World, invoice: dict[str, Any], params: Params) -> None:
    """By place or by named rates; an invoice may wait for the customer's address while it is a draft."""
    if "default_tax_rates" in params:
        named = rates_named(world, params["default_tax_rates"], "default_tax_rates")
        invoice["default_tax_rates"] = named
    if "automatic_tax" in params:
        customer = world.find("customer", invoice["customer"])
        invoice["automatic_tax"] = automatic_tax(params["automatic_tax"]["enabled"], customer)
    if invoice["automatic_tax"]["enabled"] and invoice["default_tax_rates"]:
        message = "`default_tax_rates` cannot be used with automatic tax."
        raise InvalidRequest(message, param="default_tax_rates")


def subscription_of_customer(world: World, customer: dict[str, Any], params: Params) -> dict[str, Any] | None:
    """The one that `subscription` names, if any."""
    if not params.get("subscription"):
        return None
    found = world.find("subscription", params["subscription"], "subscription")
    if found["customer"] != customer["id"]:
        raise InvalidRequest("The subscription belongs to another customer.", param="subscription")
    return found
