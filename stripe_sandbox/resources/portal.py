"""Customer Portal: configurations and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.checkout.checkout_rules import is_address
from stripe_sandbox.billing.customers.customer_object import living
from stripe_sandbox.errors import InvalidRequest, missing_parameter
from stripe_sandbox.resources.portal_flows import flow

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def new_configuration(world: World, params: dict[str, Any], is_default: bool = False) -> dict[str, Any]:
    now = world.now()
    configuration: dict[str, Any] = {
        "id": world.new_id("billing_portal.configuration"),
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": business_profile(params.get("business_profile") or {}),
        "created": now,
        "default_return_url": params.get("default_return_url") or None,
        "features": features(params.get("features") or {}),
        "is_default": is_default,
        "livemode": False,
        "login_page": login_page(world, params.get("login_page") or {}),
        "metadata": {},
        "name": params.get("name") or None,
        "updated": now,
    }
    set_metadata(configuration, params.get("metadata"))
    return world.add(configuration)


def login_page(world: World, given: dict[str, Any]) -> dict[str, Any]:
    """The sandbox mails nobody a link, so that a login page has an address and no more."""
    enabled = given.get("enabled", False)
    return {"enabled": enabled, "url": f"{world.base_url}/portal/login" if enabled else None}


def business_profile(given: dict[str, Any]) -> dict[str, Any]:
    return {
        name: given.get(name) or None for name in ("headline", "privacy_policy_url", "terms_of_service_url")
    }


def features(given: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
    found = before or {
        "customer_update": {"allowed_updates": [], "enabled": False},
        "invoice_history": {"enabled": False},
        "payment_method_update": {"enabled": False, "payment_method_configuration": None},
        "subscription_cancel": {
            "cancellation_reason": {"enabled": False, "options": []},
            "enabled": False,
            "mode": "at_period_end",
            "proration_behavior": "none",
        },
        "subscription_update": {
            "billing_cycle_anchor": None,
            "default_allowed_updates": [],
            "enabled": False,
            "products": [],
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        },
    }
    for name, feature in given.items():
        found[name] = found[name] | {key: emptied(key, value) for key, value in feature.items()}
    for product in found["subscription_update"].get("products") or []:
        seats = {"enabled": False, "maximum": None, "minimum": 1}
        product["adjustable_quantity"] = seats | (product.get("adjustable_quantity") or {})
    return found


def emptied(key: str, value: Any) -> Any:
    if value == "":
        return [] if key in ("allowed_updates", "default_allowed_updates", "products") else None
    return value


def merged(given: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The features that an update names, with what stays as it was."""
    return {name: before[name] | feature for name, feature in given.items()}


def check_features(world: World, given: dict[str, Any]) -> None:
    update = given.get("subscription_update") or {}
    for position, product in enumerate(update.get("products") or []):
        name = f"features[subscription_update][products][{position}]"
        world.find("product", product["product"], f"{name}[product]")
        for number, price_id in enumerate(product["prices"]):
            price = world.find("price", price_id, f"{name}[prices][{number}]")
            if price["product"] != product["product"]:
                message = f"The price {price_id} does not belong to the product {product['product']}."
                raise InvalidRequest(message, param=f"{name}[prices][{number}]")
    for name in ("default_allowed_updates", "products") if update.get("enabled") else ():
        if not update.get(name):
            raise missing_parameter(f"features[subscription_update][{name}]")
    customer = given.get("customer_update") or {}
    if customer.get("enabled") and not customer.get("allowed_updates"):
        raise missing_parameter("features[customer_update][allowed_updates]")


@route("POST /v1/billing_portal/configurations")
def create_configuration(call: Call) -> dict[str, Any]:
    check_features(call.world, call.params["features"])
    configuration = new_configuration(call.world, call.params)
    call.world.emit("billing_portal.configuration.created", configuration)
    return configuration


@route("GET /v1/billing_portal/configurations/{configuration}")
def retrieve_configuration(call: Call, configuration: str) -> dict[str, Any]:
    return call.world.find("billing_portal.configuration", configuration)


@route("POST /v1/billing_portal/configurations/{configuration}")
def update_configuration(call: Call, configuration: str) -> dict[str, Any]:
    found = call.world.find("billing_portal.configuration", configuration)
    check_features(call.world, merged(call.get("features") or {}, found["features"]))
    if call.get("active") is False and found["is_default"]:
        raise InvalidRequest("The default configuration cannot be deactivated.", param="active")
    with call.world.changing(found, "billing_portal.configuration.updated"):
        assign(found, call.params, "active", "default_return_url", "name")
        if "business_profile" in call.params:
            found["business_profile"] |= business_profile(
                found["business_profile"] | call.params["business_profile"]
            )
        found["features"] = features(call.get("features") or {}, found["features"])
        if "login_page" in call.params:
            found["login_page"] = login_page(call.world, call.params["login_page"])
        set_metadata(found, call.get("metadata"))
        found["updated"] = call.world.now()
    return found


@route("GET /v1/billing_portal/configurations")
def list_configurations(call: Call) -> dict[str, Any]:
    found = call.world.all("billing_portal.configuration")
    for name in ("active", "is_default"):
        if name in call.params:
            found = [entry for entry in found if entry[name] == call.params[name]]
    return call.page(found)


@route("POST /v1/billing_portal/sessions")
def create_session(call: Call) -> dict[str, Any]:
    world, params = call.world, call.params
    if not params.get("customer"):
        raise missing_parameter("customer")
    customer = living(world, params["customer"], "customer")
    configuration = configuration_for(world, params)
    if params.get("return_url") and not is_address(params["return_url"]):
        raise InvalidRequest("Not a valid URL.", code="url_invalid", param="return_url")
    session_id, wish = world.new_id("billing_portal.session"), params.get("flow_data")
    session = {
        "id": session_id,
        "object": "billing_portal.session",
        "configuration": configuration["id"],
        "created": world.now(customer["id"]),
        "customer": customer["id"],
        "customer_account": None,
        "flow": flow(world, wish, customer, configuration) if wish else None,
        "livemode": False,
        "locale": params.get("locale"),
        "on_behalf_of": None,
        "return_url": params.get("return_url") or configuration["default_return_url"],
        "url": f"{world.base_url}/portal/{session_id}",
    }
    world.add(session)
    world.emit("billing_portal.session.created", session)
    return session


def configuration_for(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if params.get("configuration"):
        found = world.find("billing_portal.configuration", params["configuration"], "configuration")
        if not found["active"]:
            raise InvalidRequest("This configuration is inactive.", param="configuration")
        return found
    return world.where("billing_portal.configuration", is_default=True)[0]
