"""The phases of a schedule, read from a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import set_metadata, without_empty
from stripe_sandbox.billing.amounts.billing_cycle import shifted
from stripe_sandbox.billing.amounts.currencies import chosen, refuse_currency
from stripe_sandbox.billing.amounts.discounts import coupon_of
from stripe_sandbox.billing.amounts.periods import rhythm
from stripe_sandbox.billing.amounts.tax_rates import rates_named
from stripe_sandbox.billing.customers.customer_fields import own_method
from stripe_sandbox.billing.invoices.one_off_items import one_time_price
from stripe_sandbox.billing.schedules.schedule_object import blank_phase, invoice_settings
from stripe_sandbox.billing.subscriptions.subscription_items import (
    MOST_ITEMS,
    check_fit,
    quantity_of,
    refuse_same,
    usable_price,
)
from stripe_sandbox.billing.subscriptions.subscription_object import automatic_tax
from stripe_sandbox.errors import InvalidRequest, missing_parameter
from stripe_sandbox.rendering import copy

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
    phase = blank_phase(start, end, chosen(world, customer, entry.get("currency"), items))
    for place, price in enumerate(prices):
        refuse_currency(price, phase["currency"], f"{name}[items][{place}][price]")
    phase |= {
        "add_invoice_items": one_offs(world, entry, phase["currency"], name),
        "billing_cycle_anchor": entry.get("billing_cycle_anchor"),
        "collection_method": entry.get("collection_method"),
        "default_payment_method": own_method(world, customer, entry.get("default_payment_method")),
        "default_tax_rates": rates_named(world, entry.get("default_tax_rates"), f"{name}[default_tax_rates]"),
        "description": entry.get("description") or None,
        "discounts": read_discounts(world, entry),
        "items": items,
        "proration_behavior": entry.get("proration_behavior", "create_prorations"),
        "trial_end": trial_end_of(entry, start, end, now, name),
    }
    set_metadata(phase, entry.get("metadata"))
    if entry.get("invoice_settings"):
        phase["invoice_settings"] = invoice_settings(entry["invoice_settings"])
    if "automatic_tax" in entry:
        phase["automatic_tax"] = automatic_tax(entry["automatic_tax"]["enabled"])
    refuse_foreign(entry, phase, name)
    return phase


def refuse_foreign(entry: Params, phase: Phase, name: str) -> None:
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
        "metadata": without_empty(entry.get("metadata")),
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
                "metadata": without_empty(given.get("metadata")),
                "period": given.get("period") or copy(WHOLE_PHASE),
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
