"""What hangs on a customer: cards, the balance and its transactions, a discount."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.catalogue.price_rules import known_currency
from stripe_sandbox.billing.customers.customer_balance import adjust
from stripe_sandbox.billing.customers.customer_object import living
from stripe_sandbox.errors import InvalidRequest, MissingObject
from stripe_sandbox.resources.payment_methods import chosen


@route("GET /v1/customers/{customer}/payment_methods")
def list_payment_methods(call: Call, customer: str) -> dict[str, Any]:
    living(call.world, customer)
    found = call.world.where("payment_method", customer=customer)
    return call.page(chosen(call, found, "type", "allow_redisplay"))


@route("GET /v1/customers/{customer}/payment_methods/{payment_method}")
def retrieve_payment_method(call: Call, customer: str, payment_method: str) -> dict[str, Any]:
    living(call.world, customer)
    found = call.world.find("payment_method", payment_method)
    if found["customer"] != customer:
        raise MissingObject("PaymentMethod", payment_method)
    return found


@route("POST /v1/customers/{customer}/balance_transactions")
def create_balance_transaction(call: Call, customer: str) -> dict[str, Any]:
    found = living(call.world, customer)
    currency = known_currency(call.params["currency"])
    if found["currency"] not in (None, currency):
        message = f"This customer's balance is kept in {found['currency']}."
        raise InvalidRequest(message, param="currency")
    if call.params["amount"] == 0:
        raise InvalidRequest("The amount cannot be zero.", code="parameter_invalid_integer", param="amount")
    words = {"description": call.get("description")}
    made = adjust(call.world, found, call.params["amount"], "adjustment", currency, **words)
    set_metadata(made, call.get("metadata"))
    return made


@route("GET /v1/customers/{customer}/balance_transactions")
def list_balance_transactions(call: Call, customer: str) -> dict[str, Any]:
    living(call.world, customer)
    found = call.world.where("customer_balance_transaction", customer=customer)
    return call.page(chosen(call, found, "invoice"))


@route("GET /v1/customers/{customer}/balance_transactions/{transaction}")
def retrieve_balance_transaction(call: Call, customer: str, transaction: str) -> dict[str, Any]:
    found = call.world.find("customer_balance_transaction", transaction)
    if found["customer"] != customer:
        raise MissingObject("customer_balance_transaction", transaction)
    return found


@route("POST /v1/customers/{customer}/balance_transactions/{transaction}")
def update_balance_transaction(call: Call, customer: str, transaction: str) -> dict[str, Any]:
    """Words only: what was moved stays moved."""
    found = call.world.touch(retrieve_balance_transaction(call, customer, transaction))
    assign(found, call.params, "description")
    set_metadata(found, call.get("metadata"))
    return found


@route("GET /v1/customers/{customer}/discount")
def retrieve_discount(call: Call, customer: str) -> dict[str, Any]:
    """Coupons are no longer given to a customer as such, so there is none unless a test set one by hand."""
    found = living(call.world, customer)
    if not found["discount"]:
        raise MissingObject("discount for customer", customer, "customer")
    shown: dict[str, Any] = found["discount"]
    return {"_finished": shown}


@route("DELETE /v1/customers/{customer}/discount")
def delete_discount(call: Call, customer: str) -> dict[str, Any]:
    gone = {**retrieve_discount(call, customer)["_finished"], "deleted": True}
    gone.pop("end", None)
    with call.world.changing(living(call.world, customer), "customer.updated") as found:
        found["discount"] = None
    return {"_finished": gone}


@route("GET /v1/customers/{customer}/cash_balance")
def retrieve_cash_balance(call: Call, customer: str) -> dict[str, Any]:
    living(call.world, customer)
    return {"_finished": cash_balance(customer)}


def cash_balance(customer: str) -> dict[str, Any]:
    """Bank transfers do not happen here, so it stays empty."""
    return {
        "object": "cash_balance",
        "available": None,
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "settings": {"reconciliation_mode": "automatic", "using_merchant_default": True},
    }


@route("GET /v1/customers/{customer}/cash_balance_transactions")
def list_cash_transactions(call: Call, customer: str) -> dict[str, Any]:
    living(call.world, customer)
    return call.page([])


@route("GET /v1/customers/{customer}/sources")
def list_sources(call: Call, customer: str) -> dict[str, Any]:
    living(call.world, customer)
    return call.page([])
