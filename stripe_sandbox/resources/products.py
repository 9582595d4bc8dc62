"""Products."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.catalogue import PRODUCT_FIELDS, new_price, new_product
from stripe_sandbox.errors import InvalidRequest, wrong_state
from stripe_sandbox.rendering import first_page


@route("POST /v1/products")
def create(call: Call) -> dict[str, Any]:
    product_id = call.get("id")
    if product_id and call.world.get(product_id):
        raise InvalidRequest("Product already exists.", code="resource_already_exists", param="id")
    default_price = call.params.pop("default_price_data", None)
    product = new_product(call.world, call.params)
    if default_price:
        price = new_price(call.world, default_price | {"product": product["id"]})
        call.world.update(product, default_price=price["id"])
    return product


@route("GET /v1/products/{id}")
def retrieve(call: Call, id: str) -> dict[str, Any]:
    return call.world.find("product", id)


@route("POST /v1/products/{id}")
def update(call: Call, id: str) -> dict[str, Any]:
    product = call.world.find("product", id)
    if product.get("_deleted"):
        raise wrong_state(f"No such product: '{id}'", "resource_missing", "id")
    if call.get("default_price"):
        call.world.find("price", call.params["default_price"], "default_price")
    with call.world.changing(product, "product.updated"):
        assign(product, call.params, *PRODUCT_FIELDS)
        set_metadata(product, call.get("metadata"))
        product["updated"] = call.world.now()
    return product


@route("DELETE /v1/products/{id}")
def delete(call: Call, id: str) -> dict[str, Any]:
    product = call.world.find("product", id)
    if call.world.where("price", product=id):
        raise wrong_state("This product cannot be deleted because it has one or more user-created prices.")
    call.world.emit("product.deleted", product)
    call.world.remove(product)
    return {"id": id, "object": "product", "_deleted": True}


@route("GET /v1/products")
def list_products(call: Call) -> dict[str, Any]:
    found = call.world.all("product")
    for name in ("active", "shippable", "url"):
        if name in call.params:
            found = [product for product in found if product[name] == call.params[name]]
    if "ids" in call.params:
        found = [product for product in found if product["id"] in call.params["ids"]]
    return call.page(found)


@route("GET /v1/products/{product}/features")
def list_features(call: Call, product: str) -> dict[str, Any]:
    call.world.find("product", product)
    return first_page([], call.path)
