"""The phases of a schedule: read from a request, and turned into the change a subscription makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.billing_cycle import shifted
from stripe_sandbox.billing.discounts import coupon_of
from stripe_sandbox.billing.one_off_items import one_time_price
from stripe_sandbox.billing.periods import rhythm
from stripe_sandbox.billing.schedule_object import blank_phase, invoice_settings
from stripe_sandbox.billing.subscription_items import (
    MOST_ITEMS,
    check_fit,
    quantity_of,
    refuse_same,
    usable_price,
)
from stripe_sandbox.billing.subscription_object import automatic_tax, own_method
from stripe_sandbox.billing.tax_rates import rates_named
from stripe_sandbox.errors import InvalidRequest, missing_parameter

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Params = dict[str, Any]
Phase = dict[str, Any]
MOST_PHASES = 10
WHOLE_PHASE = {"start": {"type": "phase_start"}, "end": {"type": "phase_end"}}


def read_phases(
    world: World, customer: dict[str, Any], given: list[Params], start: int, now: int
) -> list[Phase]:
    """One after the other from `start` on. Raises for gaps, overlaps and what a phase cannot be."""
    if not given:
        raise missing_parameter("phases")
    if len(given) > MOST_PHASES:
        raise InvalidRequest(f"A schedule has at most {MOST_PHASES} phases.", param="phases")
    found: list[Phase] = []
    for position, entry in enumerate(given):
        name = f"phases[{position}]"
        begins = found[-1]["end_date"] if found else start
        check_start(entry, begins, now, name)
        found.append(read_phase(world, customer, entry, begins, now, name))
    if len({phase["currency"] for phase in found}) > 1:
        raise InvalidRequest("All phases of a schedule must have the same currency.", param="phases")
    return found


def check_start(entry: Params, begins: int, now: int, name: str) -> None:
    given = entry.get("start_date")
    if given is not None and (now if given == "now" else given) != begins:
        message = f"Phases follow each other without a gap: this one must start at {begins}."
        raise InvalidRequest(message, param=f"{name}[start_date]")


def read_phase(
    world: World, customer: dict[str, Any], entry: Params, start: int, now: int, name: str
) -> Phase:
    items, prices = read_items(world, entry.get("items") or [], name)
    end = end_of(entry, start, now, rhythm(prices[0]), name)
    phase = blank_phase(start, end, prices[0]["currency"])
    phase |= {
        "add_invoice_items": one_offs(world, entry, phase["currency"], name),
        "billing_cycle_anchor": entry.get("billing_cycle_anchor"),
        "collection_method": entry.get("collection_method"),
        "default_payment_method": own_method(world, customer, entry.get("default_payment_method")),
        "default_tax_rates": rates_named(world, entry.get("default_tax_rates"), f"{name}[default_tax_rates]"),
        "description": entry.get("description") or None,
        "discounts": read_discounts(world, entry),
        "items": items,
        "metadata": dict(entry.get("metadata") or {}),
        "proration_behavior": entry.get("proration_behavior", "create_prorations"),
        "trial_end": trial_end_of(entry, start, end, now, name),
    }
    if entry.get("invoice_settings"):
        phase["invoice_settings"] = invoice_settings(entry["invoice_settings"])
    if "automatic_tax" in entry:
        phase["automatic_tax"] = automatic_tax(entry["automatic_tax"]["enabled"])
    refuse_foreign(entry, phase, name)
    return phase


def refuse_foreign(entry: Params, phase: Phase, name: str) -> None:
    if entry.get("currency") not in (None, phase["currency"]):
        message = "The phase's currency must be that of its prices."
        raise InvalidRequest(message, param=f"{name}[currency]")
    for part in ("application_fee_percent", "billing_thresholds", "on_behalf_of", "transfer_data"):
        if entry.get(part):
            raise InvalidRequest(f"The sandbox does not do `{part}`.", param=f"{name}[{part}]")


def read_items(
    world: World, given: list[Params], phase: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if not given:
        raise missing_parameter(f"{phase}[items]")
    if len(given) > MOST_ITEMS:
        message = f"A phase has at most {MOST_ITEMS} items."
        raise InvalidRequest(message, param=f"{phase}[items]")
    items: list[dict[str, Any]] = []
    prices: list[dict[str, Any]] = []
    for position, entry in enumerate(given):
        name = f"{phase}[items][{position}]"
        price = usable_price(world, entry, name)
        for other in prices:
            check_fit(price, other, name)
            refuse_same(price, other, name)
        items.append(read_item(world, entry, price, name))
        prices.append(price)
    return items, prices


def read_item(world: World, entry: Params, price: dict[str, Any], name: str) -> dict[str, Any]:
    quantity = quantity_of(price, entry, name)
    return {
        "billing_thresholds": None,
        "discounts": read_discounts(world, entry),
        "metadata": dict(entry.get("metadata") or {}),
        "price": price["id"],
        **({} if quantity is None else {"quantity": quantity}),
        "tax_rates": rates_named(world, entry.get("tax_rates"), f"{name}[tax_rates]"),
    }


def read_discounts(world: World, entry: Params) -> list[dict[str, Any]]:
    found = []
    for given in entry.get("discounts") or []:
        if given.get("discount"):
            world.find("discount", given["discount"], "discounts")
        else:
            coupon_of(world, given)
        found.append({name: given.get(name) for name in ("coupon", "discount", "promotion_code")})
    return found


def one_offs(world: World, entry: Params, currency: str, phase: str) -> list[dict[str, Any]]:
    found = []
    for position, given in enumerate(entry.get("add_invoice_items") or []):
        name = f"{phase}[add_invoice_items][{position}]"
        price = one_time_price(world, given, currency, name)
        found.append(
            {
                "discountable": given.get("discountable", True),
                "discounts": read_discounts(world, given),
                "metadata": dict(given.get("metadata") or {}),
                "period": given.get("period")
                or {"start": {"type": "phase_start"}, "end": {"type": "phase_end"}},
                "price": price["id"],
                "quantity": given.get("quantity", 1),
                "tax_rates": rates_named(world, given.get("tax_rates"), f"{name}[tax_rates]"),
            }
        )
    return found


def end_of(entry: Params, start: int, now: int, usual: tuple[str, int], name: str) -> int:
    """`end_date`, `duration`, or one interval of the price."""
    if entry.get("end_date") is not None and entry.get("duration"):
        raise InvalidRequest("Give `end_date` or `duration`, not both.", param=f"{name}[duration]")
    if entry.get("end_date") is not None:
        end = now if entry["end_date"] == "now" else int(entry["end_date"])
    else:
        duration = entry.get("duration") or {"interval": usual[0], "interval_count": usual[1]}
        end = shifted(start, duration["interval"], duration.get("interval_count", 1))
    if end <= start:
        raise InvalidRequest("A phase must end after it starts.", param=f"{name}[end_date]")
    return end


def trial_end_of(entry: Params, start: int, end: int, now: int, name: str) -> int | None:
    if entry.get("trial"):
        if entry.get("trial_end"):
            raise InvalidRequest("Give `trial` or `trial_end`, not both.", param=f"{name}[trial_end]")
        return end
    given = now if entry.get("trial_end") == "now" else entry.get("trial_end")
    if given is None:
        return None
    if not start <= given <= end:
        raise InvalidRequest("A trial ends within its phase.", param=f"{name}[trial_end]")
    return int(given)


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
