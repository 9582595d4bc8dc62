"""Subscription schedules: made, changed, moved from phase to phase, released, canceled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import set_metadata
from stripe_sandbox.billing.schedules.phase_changes import entry_change, opening_params
from stripe_sandbox.billing.schedules.phase_mirror import current_phase
from stripe_sandbox.billing.schedules.phases import read_phases
from stripe_sandbox.billing.schedules.schedule_object import blank, default_settings, phase_of, settings_of
from stripe_sandbox.billing.subscriptions.changing import modify
from stripe_sandbox.billing.subscriptions.end_dates import note_request
from stripe_sandbox.billing.subscriptions.ending import cancel_now
from stripe_sandbox.billing.subscriptions.subscribing import ENDED, begin_scheduled, living_customer
from stripe_sandbox.errors import InvalidRequest, wrong_state
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Params = dict[str, Any]
Schedule = dict[str, Any]
OPEN = ("not_started", "active")
TAKEN_OVER = {"from_subscription", "expand", "metadata", "billing_mode"}


def create(world: World, params: Params) -> Schedule:
    if params.get("from_subscription"):
        return take_over(world, params)
    customer = living_customer(world, params)
    check_end_behavior(params)
    now = world.now(customer["id"])
    start = params.get("start_date", "now")
    start = now if start == "now" else start
    phases = read_phases(world, customer, params.get("phases") or [], start, now)
    check_ahead(phases[0], now)
    schedule = world.add(blank(world, customer, params, phases) | {"_set_at": now})
    world.emit("subscription_schedule.created", schedule)
    if start <= now:
        begin_first(world, schedule)
    return schedule


def check_end_behavior(params: Params) -> None:
    if params.get("end_behavior") in ("none", "renew"):
        message = "`end_behavior` is release or cancel; the older words are not done here."
        raise InvalidRequest(message, param="end_behavior")


def check_ahead(phase: dict[str, Any], now: int) -> None:
    if phase["end_date"] <= now:
        raise InvalidRequest("The present phase must end in the future.", param="phases[0][end_date]")


def take_over(world: World, params: Params) -> Schedule:
    """`from_subscription`: one phase of what the subscription has, to the end of its period."""
    extra = sorted(set(params) - TAKEN_OVER)
    if extra:
        message = f"`{extra[0]}` cannot be set together with `from_subscription`; update the schedule after."
        raise InvalidRequest(message, param=extra[0])
    subscription = world.find("subscription", params["from_subscription"], "from_subscription")
    check_free(subscription)
    customer = world.find("customer", subscription["customer"])
    schedule = blank(world, customer, params, [phase_of(subscription)])
    schedule |= {
        "billing_mode": copy(subscription["billing_mode"]),
        "default_settings": settings_of(subscription),
        "end_behavior": "cancel" if subscription["cancel_at"] else "release",
    }
    schedule["_set_at"] = schedule["created"]
    world.add(schedule)
    attach(schedule, subscription, schedule["phases"][0])
    world.emit("subscription_schedule.created", schedule)
    with world.changing(subscription, "customer.subscription.updated"):
        subscription["schedule"] = schedule["id"]
        set_end(schedule, subscription)
    return schedule


def check_free(subscription: dict[str, Any]) -> None:
    if subscription["status"] in ENDED or subscription["status"] == "incomplete":
        message = f"A subscription that is {subscription['status']} cannot have a schedule."
        raise wrong_state(message, param="from_subscription")
    if subscription["schedule"]:
        message = f"This subscription is attached to the schedule {subscription['schedule']} already."
        raise wrong_state(message, param="from_subscription")


def attach(schedule: Schedule, subscription: dict[str, Any], phase: dict[str, Any]) -> None:
    schedule |= {"status": "active", "subscription": subscription["id"], "current_phase": dates_of(phase)}


def dates_of(phase: dict[str, Any]) -> dict[str, int]:
    return {"end_date": phase["end_date"], "start_date": phase["start_date"]}


def set_end(schedule: Schedule, subscription: dict[str, Any]) -> None:
    """With `end_behavior=cancel` the subscription ends with the last phase."""
    ends = schedule["phases"][-1]["end_date"] if schedule["end_behavior"] == "cancel" else None
    subscription |= {"cancel_at": ends, "cancel_at_period_end": False}
    note_request(subscription, subscription["canceled_at"] or schedule["created"])


def begin_first(world: World, schedule: Schedule) -> None:
    """Its first phase begins, and with it a subscription."""
    phase = schedule["phases"][0]
    now = world.now(schedule["customer"])
    subscription = begin_scheduled(world, opening_params(schedule, phase, now))
    with world.changing(schedule, "subscription_schedule.updated"):
        attach(schedule, subscription, phase)
    with world.changing(subscription, "customer.subscription.updated"):
        subscription["schedule"] = schedule["id"]
        set_end(schedule, subscription)


def check_open(schedule: Schedule, doing: str) -> None:
    if schedule["status"] not in OPEN:
        message = (
            f"A schedule that is {schedule['status']} cannot be {doing}; it must be not_started or active."
        )
        raise wrong_state(message, param="schedule")


def update(world: World, schedule: Schedule, params: Params) -> None:
    check_open(schedule, "updated")
    check_end_behavior(params)
    before = copy(current_phase(schedule))
    with world.changing(schedule, "subscription_schedule.updated"):
        set_metadata(schedule, params.get("metadata"))
        schedule["end_behavior"] = params.get("end_behavior", schedule["end_behavior"])
        if params.get("default_settings"):
            customer = world.find("customer", schedule["customer"])
            schedule["default_settings"] = default_settings(
                world, customer, schedule["default_settings"], params["default_settings"]
            )
        if "phases" in params:
            replace_phases(world, schedule, params["phases"])
    if schedule["status"] == "active":
        carry_over(world, schedule, before, params)


def replace_phases(world: World, schedule: Schedule, given: list[Params]) -> None:
    """The present phase and those to come; past ones may be left out, and stay."""
    now = world.now(schedule["customer"])
    customer = world.find("customer", schedule["customer"])
    if schedule["status"] == "not_started":
        replace_all(world, schedule, customer, given, now)
        return
    start = schedule["current_phase"]["start_date"]
    past = [phase for phase in schedule["phases"] if phase["end_date"] <= start]
    known = {phase["start_date"] for phase in past}
    given = [entry for entry in given if entry.get("start_date") not in known]
    if given and given[0].get("start_date") is None:
        message = f"The present phase is named by its start ({start}), so that the others can follow it."
        raise InvalidRequest(message, code="parameter_missing", param="phases[0][start_date]")
    coming = read_phases(world, customer, given, start, now)
    if given[0].get("end_date") != "now":
        check_ahead(coming[0], now)
    schedule |= {"phases": past + coming, "current_phase": dates_of(coming[0]), "_set_at": now}


def replace_all(
    world: World, schedule: Schedule, customer: dict[str, Any], given: list[Params], now: int
) -> None:
    first = given[0].get("start_date") if given else None
    start = now if first == "now" else first or schedule["phases"][0]["start_date"]
    schedule["phases"] = read_phases(world, customer, given, start, now)
    check_ahead(schedule["phases"][0], now)


def carry_over(world: World, schedule: Schedule, before: dict[str, Any] | None, params: Params) -> None:
    """What the update changes of the present phase happens to the subscription now."""
    subscription = world.find("subscription", schedule["subscription"])
    phase = current_phase(schedule)
    assert phase is not None
    if before is None or meaning(before) != meaning(phase):
        change = entry_change(world, subscription, schedule, phase)
        change["proration_behavior"] = params.get("proration_behavior", "create_prorations")
        change.pop("add_invoice_items", None)
        modify(world, subscription, change, by_schedule=True)
    with world.changing(subscription, "customer.subscription.updated"):
        set_end(schedule, subscription)
    if phase["end_date"] <= world.now(schedule["customer"]):
        end_phase(world, schedule)


def meaning(phase: dict[str, Any]) -> dict[str, Any]:
    """A phase without its dates and without how its own entry was prorated."""
    beside = ("start_date", "end_date", "proration_behavior", "add_invoice_items")
    return {name: value for name, value in phase.items() if name not in beside}


def next_phase(schedule: Schedule) -> dict[str, Any] | None:
    end = schedule["current_phase"]["end_date"]
    return next((phase for phase in schedule["phases"] if phase["start_date"] == end), None)


def end_phase(world: World, schedule: Schedule) -> None:
    """In the middle of a billing period: the subscription changes as by an update."""
    phase = turn(world, schedule)
    if phase is None:
        return
    subscription = world.find("subscription", schedule["subscription"])
    modify(world, subscription, entry_change(world, subscription, schedule, phase), by_schedule=True)


def turn(world: World, schedule: Schedule) -> dict[str, Any] | None:
    """On to the next phase, which is answered; after the last one the subscription is let go."""
    phase = next_phase(schedule)
    if phase is None:
        release(world, schedule)
        return None
    with world.changing(schedule, "subscription_schedule.updated"):
        schedule["current_phase"] = dates_of(phase)
    return phase


def turn_at_renewal(world: World, subscription: dict[str, Any], at: int) -> tuple[Schedule, Any] | None:
    """A phase that ends with the billing period: the schedule and the phase that the renewal is for."""
    schedule = world.get(subscription["schedule"] or "")
    if schedule is None or schedule["status"] != "active" or schedule["current_phase"]["end_date"] > at:
        return None
    phase = turn(world, schedule)
    return (schedule, phase) if phase else None


def release(world: World, schedule: Schedule, keep_end: bool = False) -> None:
    """The subscription goes on by itself, as it is."""
    check_open(schedule, "released")
    subscription = world.get(schedule["subscription"] or "")
    now = world.now(schedule["customer"])
    with world.changing(schedule, "subscription_schedule.updated"):
        schedule |= {
            "status": "released",
            "released_at": now,
            "released_subscription": schedule["subscription"],
            "subscription": None,
            "current_phase": None,
        }
    if subscription:
        with world.changing(subscription, "customer.subscription.updated"):
            subscription["schedule"] = None
            if not keep_end:
                subscription["cancel_at"] = None
                note_request(subscription, now)
    world.emit("subscription_schedule.released", schedule)


def cancel(world: World, schedule: Schedule) -> None:
    """The subscription, if there is one, ends with it."""
    check_open(schedule, "canceled")
    subscription = world.get(schedule["subscription"] or "")
    if subscription:
        cancel_now(world, subscription)
        return
    world.update(schedule, status="canceled", canceled_at=world.now(schedule["customer"]))
    world.emit("subscription_schedule.canceled", schedule)
