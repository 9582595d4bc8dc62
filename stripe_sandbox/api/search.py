"""`/search` of a resource: newest first, in pages that the answer itself names."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.expand import expand
from stripe_sandbox.api.pagination import limit_in
from stripe_sandbox.api.search_query import Fields, predicate
from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.api.calls import Call

COMMON: Fields = {"created": "number", "metadata": "metadata"}
MONEY: Fields = COMMON | {"amount": "number", "currency": "token", "customer": "token", "status": "token"}
CARD = "payment_method_details.card"
FIELDS: dict[str, Fields] = {
    "charge": MONEY
    | {
        "disputed": "flag",
        "refunded": "flag",
        f"{CARD}.brand": "token",
        f"{CARD}.exp_month": "number",
        f"{CARD}.exp_year": "number",
        f"{CARD}.fingerprint": "token",
        f"{CARD}.last4": "token",
    },
    "customer": COMMON | {"email": "text", "name": "text", "phone": "text"},
    "invoice": COMMON
    | {
        "currency": "token",
        "customer": "token",
        "last_finalization_error_code": "token",
        "last_finalization_error_type": "token",
        "number": "text",
        "receipt_number": "text",
        "status": "token",
        "subscription": "token",
        "total": "number",
    },
    "payment_intent": MONEY,
    "price": COMMON
    | {"active": "flag", "currency": "token", "lookup_key": "text", "product": "token", "type": "token"},
    "product": COMMON
    | {"active": "flag", "description": "text", "name": "text", "shippable": "flag", "url": "text"},
    "subscription": COMMON | {"canceled_at": "number", "status": "token"},
}
PATHS = {
    "last_finalization_error_code": "last_finalization_error.code",
    "last_finalization_error_type": "last_finalization_error.type",
    "subscription": "parent.subscription_details.subscription",
}


def search(call: Call, kind: str) -> dict[str, Any]:
    matches = predicate(call.params["query"], FIELDS[kind], PATHS)
    found = [obj for obj in call.world.all(kind) if not obj.get("_deleted") and matches(obj)]
    newest_first = found[::-1]
    data = after(newest_first, call.get("page"))
    limit = limit_in(call.params)
    more = len(data) > limit
    shown = {
        "object": "search_result",
        "data": [call.world.render(obj) for obj in data[:limit]],
        "has_more": more,
        "next_page": name_of(data[limit - 1]["id"]) if more else None,
        "url": call.path,
    }
    return {"_finished": expanded(call, shown, len(found))}


def expanded(call: Call, shown: dict[str, Any], count: int) -> dict[str, Any]:
    paths = call.get("expand") or []
    if "total_count" in paths:
        shown["total_count"] = count
    return expand(call.world, shown, [path for path in paths if path != "total_count"])


def name_of(object_id: str) -> str:
    return base64.urlsafe_b64encode(object_id.encode()).decode()


def after(found: list[dict[str, Any]], page: str | None) -> list[dict[str, Any]]:
    """What follows the last object of the page before; a page is named by that object."""
    if page is None:
        return found
    try:
        last = base64.urlsafe_b64decode(page.encode()).decode()
    except (binascii.Error, ValueError):
        last = ""
    for position, obj in enumerate(found):
        if obj["id"] == last:
            return found[position + 1 :]
    raise InvalidRequest("This page does not exist: take `next_page` of an answer.", param="page")
