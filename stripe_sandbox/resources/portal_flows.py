"""Portal flows: a session that does one thing, if the configuration lets it be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.checkout.checkout_rules import is_address
from stripe_sandbox.billing.subscriptions.subscribing import LIVE
from stripe_sandbox.errors import InvalidRequest, missing_parameter

if TYPE_CHECKING:
    from stripe_sandbox.world import World

KINDS = ("subscription_cancel", "subscription_update", "subscription_update_confirm", "customer_update")
FEATURES = {"subscription_update_confirm": "subscription_update"}


def flow(
    world: World, given: dict[str, Any], customer: dict[str, Any], configuration: dict[str, Any]
) -> dict[str, Any]:
    """The flow as the session shows it. Raises for what the configuration or the subscription forbids."""
    kind = given["type"]
    check_feature(kind, configuration["features"])
    details = given.get(kind) or {}
    if kind.startswith("subscription"):
        if not details:
            raise missing_parameter(f"flow_data[{kind}]")
        check_subscription(world, kind, details, customer)
    if kind == "subscription_update_confirm":
        check_confirmation(world, details, configuration["features"]["subscription_update"])
    return {
        "after_completion": after_completion(given.get("after_completion") or {"type": "portal_homepage"}),
        **dict.fromkeys(KINDS),
        "type": kind,
        **shown(kind, details),
    }


def shown(kind: str, details: dict[str, Any]) -> dict[str, Any]:
    if kind == "subscription_cancel":
        return {kind: {"retention": None, **details}}
    if kind == "subscription_update_confirm":
        return {kind: {"discounts": None, **details}}
    return {kind: details} if kind == "subscription_update" else {}


def check_feature(kind: str, features: dict[str, Any]) -> None:
    name = FEATURES.get(kind, kind)
    if not features[name]["enabled"]:
        message = f"The flow {kind} needs `features[{name}][enabled]` in the portal configuration."
        raise InvalidRequest(message, param="flow_data[type]")


def check_subscription(world: World, kind: str, details: dict[str, Any], customer: dict[str, Any]) -> None:
    param = f"flow_data[{kind}][subscription]"
    found = world.find("subscription", details["subscription"], param)
    if found["customer"] != customer["id"]:
        raise InvalidRequest("The subscription does not belong to the customer.", param=param)
    if found["status"] not in LIVE:
        raise InvalidRequest(f"The subscription is {found['status']} and cannot be changed.", param=param)
    if kind == "subscription_cancel" and found["cancel_at"]:
        raise InvalidRequest("The subscription is already set to be canceled.", param=param)
    if kind != "subscription_cancel" and len(found["items"]["data"]) > 1:
        message = "The Portal does not change subscriptions with several items."
        raise InvalidRequest(message, param=param)
    retention = details.get("retention")
    if retention:
        coupon = retention["coupon_offer"]["coupon"]
        world.find("coupon", coupon, f"flow_data[{kind}][retention][coupon_offer][coupon]")


def check_confirmation(world: World, details: dict[str, Any], update: dict[str, Any]) -> None:
    """One item, its own, and a price that the configuration offers."""
    items, name = details["items"], "flow_data[subscription_update_confirm][items]"
    subscription = world.find("subscription", details["subscription"])
    own = [item["id"] for item in subscription["items"]["data"]]
    if len(items) != 1 or items[0]["id"] not in own:
        raise InvalidRequest("Exactly the subscription's own item is expected.", param=name)
    price, offered = items[0].get("price"), [p for entry in update["products"] or [] for p in entry["prices"]]
    if price:
        world.find("price", price, f"{name}[0][price]")
        if price not in offered:
            message = f"The price {price} is not among the configuration's products."
            raise InvalidRequest(message, param=f"{name}[0][price]")


def after_completion(given: dict[str, Any]) -> dict[str, Any]:
    name = "flow_data[after_completion][redirect]"
    if given["type"] == "redirect":
        if not given.get("redirect"):
            raise missing_parameter(name)
        if not is_address(given["redirect"]["return_url"]):
            raise InvalidRequest("Not a valid URL.", code="url_invalid", param=f"{name}[return_url]")
    confirmation = given.get("hosted_confirmation")
    if confirmation is not None:
        confirmation = {"custom_message": None, **confirmation}
    return {"redirect": None, **given, "hosted_confirmation": confirmation}
