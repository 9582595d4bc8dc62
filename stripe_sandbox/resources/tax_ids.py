"""Tax ids, of a customer or of the account."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.billing.customers.customer_object import living
from stripe_sandbox.billing.customers.tax_ids import new_tax_id, remove_tax_id
from stripe_sandbox.errors import InvalidRequest, MissingObject, missing_parameter


@route("POST /v1/customers/{customer}/tax_ids")
def create_of_customer(call: Call, customer: str) -> dict[str, Any]:
    return new_tax_id(call.world, living(call.world, customer), call.params["type"], call.params["value"])


@route("GET /v1/customers/{customer}/tax_ids")
def list_of_customer(call: Call, customer: str) -> dict[str, Any]:
    living(call.world, customer)
    return call.page(call.world.where("tax_id", customer=customer))


@route("GET /v1/customers/{customer}/tax_ids/{id}")
def retrieve_of_customer(call: Call, customer: str, id: str) -> dict[str, Any]:
    found = call.world.find("tax_id", id)
    if found["customer"] != customer:
        raise MissingObject("tax_id", id)
    return found


@route("DELETE /v1/customers/{customer}/tax_ids/{id}")
def delete_of_customer(call: Call, customer: str, id: str) -> dict[str, Any]:
    remove_tax_id(call.world, retrieve_of_customer(call, customer, id))
    return {"id": id, "object": "tax_id", "_deleted": True}


@route("POST /v1/tax_ids")
def create(call: Call) -> dict[str, Any]:
    return new_tax_id(call.world, owner(call), call.params["type"], call.params["value"])


def owner(call: Call) -> dict[str, Any] | None:
    """The customer that `owner` names, or None for the account itself."""
    given = call.get("owner") or {"type": "self"}
    if given["type"] == "self":
        return None
    if given["type"] != "customer":
        raise InvalidRequest("Tax ids belong to a customer or to the account here.", param="owner[type]")
    if not given.get("customer"):
        raise missing_parameter("owner[customer]")
    return living(call.world, given["customer"], "owner[customer]")


@route("GET /v1/tax_ids")
def list_all(call: Call) -> dict[str, Any]:
    customer = owner(call)
    return call.page(call.world.where("tax_id", customer=customer["id"] if customer else None))


@route("GET /v1/tax_ids/{id}")
def retrieve(call: Call, id: str) -> dict[str, Any]:
    return call.world.find("tax_id", id)


@route("DELETE /v1/tax_ids/{id}")
def delete(call: Call, id: str) -> dict[str, Any]:
    remove_tax_id(call.world, call.world.find("tax_id", id))
    return {"id": id, "object": "tax_id", "_deleted": True}
