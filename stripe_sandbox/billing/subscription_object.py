"""A subscription as it is first written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.ids import new_id
from stripe_sandbox.rendering import page

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def blank(
    world: World, customer: dict[str, Any], params: dict[str, Any], now: int, trial_end: int | None
) -> dict[str, Any]:
    subscription_id = new_id("subscription")
    mode = params.get("billing_mode") or {"type": "flexible"}
    flexible = (
        {"proration_discounts": "included", **(mode.get("flexible") or {})}
        if mode["type"] == "flexible"
        else None
    )
    settings = params.get("payment_settings") or {}
    return {
        "id": subscription_id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": now,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": flexible, "type": mode["type"]},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": params.get("collection_method", "charge_automatically"),
        "created": now,
        "currency": "usd",
        "customer": customer["id"],
        "customer_account": None,
        "days_until_due": params.get("days_until_due"),
        "default_payment_method": own_method(world, customer, params.get("default_payment_method")),
        "default_source": None,
        "default_tax_rates": [],
        "description": params.get("description"),
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": {"type": "self"},
        },
        "items": page([], f"/v1/subscription_items?subscription={subscription_id}"),
        "latest_invoice": None,
        "livemode": False,
        "metadata": {k: v for k, v in (params.get("metadata") or {}).items() if v != ""},
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": settings.get("payment_method_options"),
            "payment_method_types": settings.get("payment_method_types"),
            "save_default_payment_method": settings.get("save_default_payment_method", "off"),
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": now,
        "status": "trialing" if trial_end else "incomplete",
        "test_clock": customer["test_clock"],
        "transfer_data": None,
        "trial_end": trial_end,
        "trial_settings": trial_settings(params),
        "trial_start": now if trial_end else None,
    }


def trial_settings(params: dict[str, Any]) -> dict[str, Any]:
    behavior = ((params.get("trial_settings") or {}).get("end_behavior") or {}).get("missing_payment_method")
    return {"end_behavior": {"missing_payment_method": behavior or "create_invoice"}}


def own_method(world: World, customer: dict[str, Any], method_id: str | None) -> str | None:
    if not method_id:
        return None
    method = world.find("payment_method", method_id, "default_payment_method")
    if method["customer"] != customer["id"]:
        message = f"The customer does not have a payment method with the ID {method_id}."
        raise InvalidRequest(message, code="resource_missing", param="default_payment_method")
    return method_id
