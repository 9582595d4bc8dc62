"""A subscription schedule as it is first written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import set_metadata
from stripe_sandbox.billing.amounts.periods import period_of
from stripe_sandbox.billing.customers.customer_fields import own_method
from stripe_sandbox.billing.schedules.phase_mirror import items_as_phase, kept_discounts
from stripe_sandbox.billing.subscriptions.subscription_object import automatic_tax, billing_mode
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Params = dict[str, Any]
SETTINGS = ("account_tax_ids", "custom_fields", "days_until_due", "description", "footer")


def blank(
    world: World, customer: dict[str, Any], params: Params, phases: list[dict[str, Any]]
) -> dict[str, Any]:
    schedule: dict[str, Any] = {
        "id": world.new_id("subscription_schedule"),
        "object": "subscription_schedule",
        "application": None,
        "billing_mode": billing_mode(params.get("billing_mode")),
        "canceled_at": None,
        "completed_at": None,
        "created": world.now(customer["id"]),
        "current_phase": None,
        "customer": customer["id"],
        "customer_account": None,
        "default_settings": default_settings(world, customer, {}, params.get("default_settings") or {}),
        "end_behavior": params.get("end_behavior", "release"),
        "livemode": False,
        "metadata": {},
        "phases": phases,
        "released_at": None,
        "released_subscription": None,
        "status": "not_started",
        "subscription": None,
        "test_clock": customer["test_clock"],
    }
    set_metadata(schedule, params.get("metadata"))
    return schedule


def default_settings(
    world: World, customer: dict[str, Any], before: dict[str, Any], given: Params
) -> dict[str, Any]:
    found = {
        "application_fee_percent": None,
        "automatic_tax": automatic_tax(False),
        "billing_cycle_anchor": "automatic",
        "billing_thresholds": None,
        "collection_method": "charge_automatically",
        "default_payment_method": None,
        "description": None,
        "invoice_settings": invoice_settings({}),
        "on_behalf_of": None,
        "transfer_data": None,
        **before,
    }
    for name in ("billing_cycle_anchor", "collection_method", "description"):
        if name in given:
            found[name] = given[name] or None
    if "default_payment_method" in given:
        found["default_payment_method"] = own_method(world, customer, given["default_payment_method"])
    if "automatic_tax" in given:
        found["automatic_tax"] = automatic_tax(given["automatic_tax"]["enabled"])
    if "invoice_settings" in given:
        found["invoice_settings"] = invoice_settings(given["invoice_settings"], found["invoice_settings"])
    return found


def invoice_settings(given: Params, before: dict[str, Any] | None = None) -> dict[str, Any]:
    changed = {name: given[name] or None for name in SETTINGS if name in given}
    return {**dict.fromkeys(SETTINGS), "issuer": {"type": "self"}, **(before or {}), **changed}


def settings_of(subscription: dict[str, Any]) -> dict[str, Any]:
    """How the subscription is billed now, for the schedule that takes it over."""
    own = subscription["invoice_settings"]
    invoices = {name: own.get(name) for name in SETTINGS} | {"days_until_due": subscription["days_until_due"]}
    return {
        "application_fee_percent": None,
        "automatic_tax": copy(subscription["automatic_tax"]),
        "billing_cycle_anchor": "automatic",
        "billing_thresholds": None,
        "collection_method": subscription["collection_method"],
        "default_payment_method": subscription["default_payment_method"],
        "description": subscription["description"],
        "invoice_settings": {**invoices, "issuer": {"type": "self"}},
        "on_behalf_of": None,
        "transfer_data": None,
    }


def blank_phase(start: int, end: int, currency: str) -> dict[str, Any]:
    return {
        "add_invoice_items": [],
        "application_fee_percent": None,
        "billing_cycle_anchor": None,
        "billing_thresholds": None,
        "collection_method": None,
        "currency": currency,
        "default_payment_method": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "end_date": end,
        "invoice_settings": None,
        "items": [],
        "metadata": {},
        "on_behalf_of": None,
        "proration_behavior": "create_prorations",
        "start_date": start,
        "transfer_data": None,
        "trial_end": None,
    }


def phase_of(subscription: dict[str, Any]) -> dict[str, Any]:
    """The one phase of a schedule made from a subscription: what it has, to the end of its period."""
    start, end = period_of(subscription)
    ends = subscription["cancel_at"] or end
    trialing = subscription["status"] == "trialing"
    return blank_phase(start, ends, subscription["currency"]) | {
        "default_tax_rates": copy(subscription["default_tax_rates"]),
        "discounts": kept_discounts(subscription),
        "items": items_as_phase(subscription),
        "trial_end": subscription["trial_end"] if trialing else None,
    }
