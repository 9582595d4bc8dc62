"""Products."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.billing.catalogue.products_and_prices import (
    check_product,
    fill_product,
    new_price,
    new_product,
)
from stripe_sandbox.errors import wrong_state
from stripe_sandbox.rendering import first_page


@route("POST /v1/products")
def create(call: Call) -> dict[str, Any]:
    default_price = call.params.pop("default_price_data", None)
    product = new_product(call.world, call.params)
    if default_price:
        price = new_price(call.world, default_price | {"product": product["id"]})
        with call.world.changing(product, "product.updated"):
            product["default_price"] = price["id"]
    return product


@route("GET /v1/products/{id}")
def retrieve(call: Call, id: str) -> dict[str, Any]:
    return call.world.find("product", id)


@route("POST /v1/products/{id}")
def update(call: Call, id: str) -> dict[str, Any]:
    product = call.world.find("product", id)
    check_product(call.params)
    check_default_price(call, product)
    with call.world.changing(product, "product.updated"):
        fill_product(product, call.params)
        product["updated"] = call.world.now()
    return product


def check_default_price(call: Call, product: dict[str, Any]) -> None:
    if not call.get("default_price"):
        return
    price = call.world.find("price", call.params["default_price"], "default_price")
    if price["product"] != product["id"]:
        raise wrong_state(f"{price['id']} is a price of another product.", param="default_price")
    if not price["active"]:
        raise wrong_state("An inactive price cannot be a product's default.", param="default_price")


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
    found = call.asked_for("product", "active", "shippable", "url")
    if "ids" in call.params:
        found = [product for product in found if product["id"] in call.params["ids"]]
    return call.page(found)


@route("GET /v1/products/{product}/features")
def list_features(call: Call, product: str) -> dict[str, Any]:
    call.world.find("product", product)
    return {"_finished": first_page([], call.path)}
