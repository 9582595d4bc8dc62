"""A plan of metadata.py as the parameters of its product: https://docs.stripe.com/api/products"""

from __future__ import annotations

from typing import Any

from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import ProductMetadata

UNIT = "seat"  # what Checkout, Portal and invoices call one of them


def creating_params(plan: ProductMetadata) -> Json:
    """Stripe refuses empty texts in a new product."""
    return {**{name: value for name, value in _fields(plan).items() if value}, **_mark(plan)}


def changed_params(plan: ProductMetadata, product: Json) -> Json:
    """What differs from the product as it is; an empty text takes a value away."""
    changed = {name: value or "" for name, value in _fields(plan).items() if value != _there(product, name)}
    if product["metadata"].get("plan") != plan.slug:
        changed |= _mark(plan)
    if not product["active"]:
        changed["active"] = True
    if plan.quantity == "one" and product.get("unit_label") == UNIT:
        changed["unit_label"] = ""
    return changed


def _fields(plan: ProductMetadata) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": plan.name,
        "description": plan.description,
        "marketing_features": [{"name": feature} for feature in plan.features],
    }
    return {**fields, "unit_label": UNIT} if plan.quantity == "holder" else fields


def _there(product: Json, name: str) -> Any:
    return product.get(name) or ([] if name == "marketing_features" else "")


def _mark(plan: ProductMetadata) -> Json:
    return {"metadata": {"plan": plan.slug}}
