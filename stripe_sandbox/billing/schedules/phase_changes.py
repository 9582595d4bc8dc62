"""What a phase makes of a subscription: its first parameters, or the change it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Params = dict[str, Any]
Phase = dict[str, Any]


def entry_change(
    world: World, subscription: dict[str, Any], schedule: dict[str, Any], phase: Phase
) -> Params:
    """What the subscription's update says when it enters the phase."""
    anchor = phase["billing_cycle_anchor"] or schedule["default_settings"]["billing_cycle_anchor"]
    change: Params = {
        "items": item_changes(subscription, phase),
        "discounts": given_discounts(phase) or "",
        "proration_behavior": phase["proration_behavior"],
        **common_change(schedule, phase),
    }
    if phase["trial_end"] and phase["trial_end"] > world.now(subscription["customer"]):
        change["trial_end"] = phase["trial_end"]
    elif anchor == "phase_start":
        change["billing_cycle_anchor"] = "now"
    return change


def common_change(schedule: dict[str, Any], phase: Phase) -> Params:
    """What a phase says of billing, itself or by the schedule's defaults."""
    defaults = schedule["default_settings"]
    method = phase["collection_method"] or defaults["collection_method"]
    settings = phase["invoice_settings"] or defaults["invoice_settings"]
    change: Params = {"collection_method": method}
    if method == "send_invoice":
        change["days_until_due"] = settings["days_until_due"]
    for name in ("default_payment_method", "description"):
        if phase[name] or defaults[name]:
            change[name] = phase[name] or defaults[name]
    if phase["metadata"]:
        change["metadata"] = phase["metadata"]
    if phase["default_tax_rates"]:
        change["default_tax_rates"] = [rate["id"] for rate in phase["default_tax_rates"]]
    if phase["add_invoice_items"]:
        change["add_invoice_items"] = [one_off_change(item, phase) for item in phase["add_invoice_items"]]
    return change


def one_off_change(item: dict[str, Any], phase: Phase) -> Params:
    ends = {"phase_end": {"type": "timestamp", "timestamp": phase["end_date"]}}
    starts = {"phase_start": {"type": "timestamp", "timestamp": phase["start_date"]}}
    period = {
        "start": starts.get(item["period"]["start"]["type"], item["period"]["start"]),
        "end": ends.get(item["period"]["end"]["type"], item["period"]["end"]),
    }
    rates = [rate["id"] for rate in item["tax_rates"]]
    return {**item, "period": period, "tax_rates": rates, "discounts": given_discounts(item)}


def given_discounts(owner: dict[str, Any]) -> list[Params]:
    return [{name: value for name, value in entry.items() if value} for entry in owner["discounts"]]


def item_changes(subscription: dict[str, Any], phase: Phase) -> list[Params]:
    """Items of a price that stays keep their id; the others go, new ones come."""
    here = {item["price"]: item for item in subscription["items"]["data"]}
    wanted = {item["price"] for item in phase["items"]}
    gone = [{"id": item["id"], "deleted": True} for price, item in here.items() if price not in wanted]
    return gone + [item_change(here.get(item["price"]), item) for item in phase["items"]]


def item_change(present: dict[str, Any] | None, item: dict[str, Any]) -> Params:
    change = {
        "discounts": given_discounts(item) or "",
        "tax_rates": [rate["id"] for rate in item["tax_rates"]],
        **({"quantity": item["quantity"]} if "quantity" in item else {}),
        **({"metadata": item["metadata"]} if item["metadata"] else {}),
    }
    return change | ({"id": present["id"]} if present else {"price": item["price"]})


def as_params(phase: Phase) -> Params:
    """The phase as a request would write it, to be sent again unchanged."""
    kept = ("billing_cycle_anchor", "collection_method", "default_payment_method", "description", "trial_end")
    found: Params = {name: phase[name] for name in kept if phase[name] is not None}
    if phase["invoice_settings"]:
        found["invoice_settings"] = {k: v for k, v in phase["invoice_settings"].items() if v is not None}
    if "automatic_tax" in phase:
        found["automatic_tax"] = {"enabled": phase["automatic_tax"]["enabled"]}
    return found | {
        "default_tax_rates": [rate["id"] for rate in phase["default_tax_rates"]],
        "discounts": given_discounts(phase),
        "end_date": phase["end_date"],
        "currency": phase["currency"],
        "items": [item_params(item) for item in phase["items"]],
        "metadata": dict(phase["metadata"]),
        "proration_behavior": phase["proration_behavior"],
        "start_date": phase["start_date"],
    }


def item_params(item: dict[str, Any]) -> Params:
    return {
        **item_change(None, item),
        "discounts": given_discounts(item),
        "metadata": dict(item["metadata"]),
    }


def opening_params(schedule: dict[str, Any], phase: Phase, now: int) -> Params:
    """The parameters of the subscription that the first phase begins."""
    params = {
        "billing_mode": schedule["billing_mode"],
        "currency": phase["currency"],
        "customer": schedule["customer"],
        "discounts": given_discounts(phase),
        "items": [item_change(None, item) for item in phase["items"]],
        "proration_behavior": phase["proration_behavior"],
        **common_change(schedule, phase),
    }
    if phase["trial_end"] and phase["trial_end"] > now:
        params["trial_end"] = phase["trial_end"]
    if phase["start_date"] < now:
        params["backdate_start_date"] = phase["start_date"]
    return params
