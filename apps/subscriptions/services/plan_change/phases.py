"""The phases of a schedule as a request writes them: Stripe takes all of them anew, or forgets them.

https://docs.stripe.com/api/subscription_schedules/update
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.subscriptions.gateway import Json
from apps.subscriptions.row_values import coming_phases
from apps.subscriptions.stripe_values import id_of

if TYPE_CHECKING:
    from apps.subscriptions.services.plan_change.decision import PlanChange

SETTINGS = ("days_until_due", "description", "footer")
KEPT = ("collection_method", "default_payment_method", "description", "metadata", "billing_cycle_anchor")


def switched(schedule: Json, change: PlanChange) -> list[Json]:
    """The present phase to the end of the paid period, then the new plan beside the same add-ons."""
    present = as_params(present_phase(schedule))
    row, recurring = change.subscription, change.price["recurring"]
    if row.current_period_end is not None:
        present["end_date"] = int(row.current_period_end.timestamp())
    there = {name: value for name, value in change.item.items() if name != "id"}
    items = [item if item["price"] != row.price_id else {**item, **there} for item in present["items"]]
    duration = {"interval": recurring["interval"], "interval_count": recurring.get("interval_count") or 1}
    coming = {**present, "items": items, "duration": duration, "proration_behavior": "none"}
    for name in ("start_date", "end_date", "trial_end"):
        coming.pop(name, None)
    return [present, coming]


def with_quantity(schedule: Json, price_id: str, quantity: int) -> list[Json]:
    """The same phases, those to come for another number of seats of one price."""
    coming = [as_params(phase) for phase in coming_phases(schedule)]
    for phase in coming:
        for item in phase["items"]:
            if item["price"] == price_id and "quantity" in item:
                item["quantity"] = quantity
    return [as_params(present_phase(schedule)), *coming]


def present_phase(schedule: Json) -> Json:
    begins = schedule["current_phase"]["start_date"]
    return next(phase for phase in schedule["phases"] if phase["start_date"] == begins)


def as_params(phase: Json) -> Json:
    """The phase as it is, to be sent again unchanged."""
    params: Json = {name: phase[name] for name in KEPT if phase.get(name)}
    if (phase.get("automatic_tax") or {}).get("enabled"):
        params["automatic_tax"] = {"enabled": True}
    if phase.get("invoice_settings"):
        params["invoice_settings"] = _invoice_settings(phase["invoice_settings"])
    if phase.get("default_tax_rates"):
        params["default_tax_rates"] = [id_of(rate) for rate in phase["default_tax_rates"]]
    if phase.get("trial_end"):
        params["trial_end"] = phase["trial_end"]
    return {
        **params,
        **_discounts(phase),
        "items": [_item(item) for item in phase["items"]],
        "start_date": phase["start_date"],
        "end_date": phase["end_date"],
        "proration_behavior": phase.get("proration_behavior") or "none",
    }


def _item(item: Json) -> Json:
    params: Json = {"price": id_of(item["price"]), **_discounts(item)}
    if item.get("quantity") is not None:
        params["quantity"] = item["quantity"]
    if item.get("tax_rates"):
        params["tax_rates"] = [id_of(rate) for rate in item["tax_rates"]]
    if item.get("metadata"):
        params["metadata"] = item["metadata"]
    return params


def _discounts(owner: Json) -> Json:
    """A running discount by its id, so that it ends when it would have ended."""
    found = [
        {name: id_of(entry[name]) for name in ("discount", "promotion_code", "coupon") if entry.get(name)}
        for entry in owner.get("discounts") or []
    ]
    return {"discounts": [_first(entry) for entry in found]} if found else {}


def _first(entry: Json) -> Json:
    """Stripe takes one of the three."""
    name = next(iter(entry))
    return {name: entry[name]}


def _invoice_settings(settings: Json) -> Json:
    return {name: settings[name] for name in SETTINGS if settings.get(name)}
