"""A subscription as it is first written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import without_empty
from stripe_sandbox.billing.amounts.tax import check_place
from stripe_sandbox.billing.amounts.tax_rates import rates_named
from stripe_sandbox.billing.customers.customer_fields import own_method
from stripe_sandbox.errors import InvalidRequest, missing_parameter
from stripe_sandbox.ids import new_id
from stripe_sandbox.rendering import page

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Params = dict[str, Any]
NOT_HERE = (
    "application_fee_percent",
    "billing_schedules",
    "billing_thresholds",
    "on_behalf_of",
    "transfer_data",
)
SETTINGS = ("account_tax_ids", "custom_fields", "description", "footer")


def blank(
    world: World, customer: dict[str, Any], params: Params, now: int, trial_end: int | None
) -> dict[str, Any]:
    subscription_id = new_id("subscription")
    return {
        "id": subscription_id,
        "object": "subscription",
        "billing_cycle_anchor": now,
        "billing_cycle_anchor_config": None,
        "billing_mode": billing_mode(params.get("billing_mode")),
        "created": now,
        "currency": "usd",
        "customer": customer["id"],
        "description": params.get("description"),
        "discounts": [],
        "items": page([], f"/v1/subscription_items?subscription={subscription_id}"),
        "latest_invoice": None,
        "livemode": False,
        "metadata": without_empty(params.get("metadata")),
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": now,
        "status": "trialing" if trial_end else "incomplete",
        "test_clock": customer["test_clock"],
        "trial_end": trial_end,
        "trial_settings": trial_settings(params),
        "trial_start": now if trial_end else None,
        **no_platform(),
        **no_end(),
        **collection(world, customer, params),
    }


def no_platform() -> dict[str, Any]:
    """What only platforms, thresholds and billing in advance fill."""
    return {
        "application": None,
        "application_fee_percent": None,
        "billing_schedules": [],
        "billing_thresholds": None,
        "customer_account": None,
        "on_behalf_of": None,
        "transfer_data": None,
    }


def no_end() -> dict[str, Any]:
    return {
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "ended_at": None,
    }


def collection(world: World, customer: dict[str, Any], params: Params) -> dict[str, Any]:
    """How, with what and with which taxes it is billed."""
    return {
        "automatic_tax": automatic_tax(False),
        "collection_method": params.get("collection_method", "charge_automatically"),
        "days_until_due": params.get("days_until_due"),
        "default_payment_method": own_method(world, customer, params.get("default_payment_method")),
        "default_source": None,
        "default_tax_rates": [],
        "invoice_settings": invoice_settings({}, params.get("invoice_settings")),
        "next_pending_invoice_item_invoice": None,
        "pause_collection": None,
        "payment_settings": payment_settings({}, params.get("payment_settings")),
        "pending_invoice_item_interval": None,
    }


def billing_mode(given: Params | None) -> dict[str, Any]:
    mode = given or {"type": "flexible"}
    if mode["type"] == "classic":
        return {"flexible": None, "type": "classic"}
    return {
        "flexible": {"proration_discounts": "included", **(mode.get("flexible") or {})},
        "type": "flexible",
    }


def automatic_tax(enabled: bool) -> dict[str, Any]:
    return {"disabled_reason": None, "enabled": enabled, "liability": {"type": "self"} if enabled else None}


def set_tax(world: World, subscription: dict[str, Any], params: Params) -> None:
    """Automatic tax needs a customer whose place is known."""
    if "automatic_tax" in params:
        enabled = params["automatic_tax"]["enabled"]
        if enabled:
            check_place(world.find("customer", subscription["customer"]))
        subscription["automatic_tax"] = automatic_tax(enabled)
    if "default_tax_rates" in params:
        named = rates_named(world, params["default_tax_rates"], "default_tax_rates")
        subscription["default_tax_rates"] = named
    if subscription["automatic_tax"]["enabled"] and subscription["default_tax_rates"]:
        message = "`default_tax_rates` cannot be used with automatic tax."
        raise InvalidRequest(message, param="default_tax_rates")


def invoice_settings(before: dict[str, Any], given: Params | None) -> dict[str, Any]:
    changed = {name: given[name] or None for name in SETTINGS if name in (given or {})} if given else {}
    return {**dict.fromkeys(SETTINGS), "issuer": {"type": "self"}, **before, **changed}


def payment_settings(before: dict[str, Any], given: Params | None) -> dict[str, Any]:
    found = {
        "payment_method_options": None,
        "payment_method_types": None,
        "save_default_payment_method": "off",
        **before,
    }
    return found | {name: value or None for name, value in (given or {}).items() if name in found}


def trial_settings(params: Params) -> dict[str, Any]:
    behavior = ((params.get("trial_settings") or {}).get("end_behavior") or {}).get("missing_payment_method")
    return {"end_behavior": {"missing_payment_method": behavior or "create_invoice"}}


def refuse_unknown_features(params: Params) -> None:
    """Better no than a yes that does nothing."""
    for name in NOT_HERE:
        if params.get(name):
            raise InvalidRequest(f"The sandbox does not do `{name}` on subscriptions.", param=name)


def check_due_days(method: str, days: int | None) -> None:
    if method == "send_invoice" and days is None:
        raise missing_parameter("days_until_due")
    if method == "charge_automatically" and days is not None:
        message = "`days_until_due` is for `collection_method=send_invoice` only."
        raise InvalidRequest(message, param="days_until_due")
