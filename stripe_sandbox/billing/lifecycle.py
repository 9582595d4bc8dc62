"""What happens by itself as time passes: trials end, periods renew, retries run, sessions expire."""

from __future__ import annotations

import time
import traceback
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import DAY, PAYMENT_WINDOW
from stripe_sandbox.billing.customers import tax_ids
from stripe_sandbox.billing.happenings import HAPPENINGS
from stripe_sandbox.billing.payments import disputes, refunds
from stripe_sandbox.billing.subscriptions.trials import NOTICE

if TYPE_CHECKING:
    from stripe_sandbox.world import World

UPCOMING = 7 * DAY
"""How long before a renewal `invoice.upcoming` is sent."""
OVERDUE = 30 * DAY
"""How long after its day an unpaid invoice by mail ends its subscription."""
EXPIRING = 7 * DAY
"""How long before its end a schedule is announced to expire."""


def due_at(obj: dict[str, Any]) -> int | None:
    """The next moment at which something happens to this object by itself."""
    times = TIMETABLES.get(obj["object"]) if not obj.get("_rests") else None
    return min((at for at, _ in times(obj)), default=None) if times else None


def due_or_never(obj: dict[str, Any]) -> int | None:
    """A patch may leave an object without what its timetable reads: nothing happens to it by itself."""
    try:
        return due_at(obj)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


def run(world: World, obj: dict[str, Any]) -> None:
    """Do what is due first. Raises RuntimeError for what stays due although it was done."""
    at, name = first_due(obj)
    HAPPENINGS[name](world, obj)
    if TIMETABLES[obj["object"]](obj) and first_due(obj) == (at, name):
        raise RuntimeError(f"{name} of {obj['id']} stays due at {at}")


def first_due(obj: dict[str, Any]) -> tuple[int, str]:
    return min(TIMETABLES[obj["object"]](obj), key=lambda entry: entry[0])


def subscription_times(sub: dict[str, Any]) -> list[tuple[int, str]]:
    """In order of precedence for one moment: an end comes before a renewal."""
    status = sub["status"]
    if status == "incomplete":
        return [(sub["created"] + PAYMENT_WINDOW, "expire_subscription")]
    if status not in ("trialing", "active", "past_due", "unpaid", "paused"):
        return []
    times = [(sub["cancel_at"], "cancel_subscription")] if sub.get("cancel_at") else []
    times += waiting_times(sub)
    if status == "trialing":
        return times + (trial_times(sub) if sub.get("trial_end") else [])
    return times if status == "paused" else times + renewal_times(sub)


def waiting_times(sub: dict[str, Any]) -> list[tuple[int, str]]:
    """What ends or is billed by itself beside the period."""
    moments = (
        ((sub.get("pause_collection") or {}).get("resumes_at"), "resume_collection"),
        ((sub.get("pending_update") or {}).get("expires_at"), "expire_pending_update"),
        (sub.get("_resuming"), "give_up_resuming"),
        (sub.get("next_pending_invoice_item_invoice"), "bill_what_waits"),
    )
    return [(at, name) for at, name in moments if at]


def trial_times(sub: dict[str, Any]) -> list[tuple[int, str]]:
    end = (sub["trial_end"], "end_trial")
    return [end] if sub.get("_trial_notice") else [(sub["trial_end"] - NOTICE, "announce_trial_end"), end]


def renewal_times(sub: dict[str, Any]) -> list[tuple[int, str]]:
    ends = [item["current_period_end"] for item in sub["items"]["data"] if item.get("current_period_end")]
    if not ends:
        return []
    end = min(ends)
    ending = bool(sub.get("cancel_at")) and sub["cancel_at"] <= end
    if sub.get("_upcoming") == end or ending:
        return [(end, "renew")]
    return [(end - UPCOMING, "announce_renewal"), (end, "renew")]


def invoice_times(invoice: dict[str, Any]) -> list[tuple[int, str]]:
    times = due_times(invoice)
    if not invoice.get("auto_advance"):
        return times
    if invoice["status"] == "draft" and invoice.get("automatically_finalizes_at"):
        return [(invoice["automatically_finalizes_at"], "finalize_and_collect")]
    if invoice["status"] == "open" and invoice.get("next_payment_attempt"):
        times.append((invoice["next_payment_attempt"], "retry_payment"))
    return times


def due_times(invoice: dict[str, Any]) -> list[tuple[int, str]]:
    """Of an invoice sent by mail."""
    if invoice["status"] != "open" or not invoice.get("due_date"):
        return []
    if not invoice.get("_overdue"):
        return [(invoice["due_date"], "fall_overdue")]
    return [] if invoice.get("_given_up") else [(invoice["due_date"] + OVERDUE, "give_up_waiting")]


def session_times(session: dict[str, Any]) -> list[tuple[int, str]]:
    return [(session["expires_at"], "expire_session")] if session["status"] == "open" else []


def schedule_times(schedule: dict[str, Any]) -> list[tuple[int, str]]:
    if schedule["status"] == "not_started":
        return [(schedule["phases"][0]["start_date"], "start_schedule")]
    if schedule["status"] != "active" or not schedule["current_phase"]:
        return []
    current, last = schedule["current_phase"], schedule["phases"][-1]["end_date"]
    soon = last - EXPIRING
    times = [(current["end_date"], "end_phase")]
    if schedule.get("_expiring") != last and soon >= schedule.get("_set_at", 0):
        times.insert(0, (soon, "announce_expiry"))
    return times


TIMETABLES = {
    "subscription": subscription_times,
    "subscription_schedule": schedule_times,
    "invoice": invoice_times,
    "checkout.session": session_times,
    "dispute": disputes.times,
    "refund": refunds.times,
    "tax_id": tax_ids.times,
}


def advance(world: World, target: int, clock: str | None = None) -> int:
    """Move a clock to `target`, running everything that falls due on the way. Answers how many things ran."""
    count = 0
    try:
        while run_next(world, target, clock):
            count += 1
        with world:
            set_time(world, target, clock)
    finally:
        world.stopped_at = None
    return count


def run_due(world: World) -> int:
    """Run what has fallen due as wall time passed, without moving the clock."""
    count = 0
    while run_next(world, None, None):
        count += 1
    return count


def run_next(world: World, target: int | None, clock: str | None) -> bool:
    """One thing that is due; what fails is undone, said aloud and left to rest, so that time goes on."""
    object_id = None
    try:
        with world:
            limit = world.wall_clock() if target is None else target
            due = world.next_due(clock)
            if due is None or due[0] > limit:
                return False
            object_id = due[1]
            run_at(world, due[0], world.find_any(object_id), target is not None, clock)
    except Exception:
        if object_id is None:
            raise
        traceback.print_exc()
        with world:
            world.update(world.find_any(object_id), _rests=True)
    return True


def run_at(world: World, at: int, obj: dict[str, Any], moving: bool, clock: str | None) -> None:
    if moving:
        set_time(world, max(at, time_of(world, clock)), clock)
    else:
        world.stopped_at = at
    try:
        run(world, obj)
    finally:
        if not moving:
            world.stopped_at = None
    world.note_changes()


def time_of(world: World, clock: str | None) -> int:
    found = world.get(clock) if clock else None
    return found["frozen_time"] if found else world.wall_clock()


def set_time(world: World, moment: int, clock: str | None) -> None:
    found = world.get(clock) if clock else None
    if found:
        world.update(found, frozen_time=moment)
    else:
        world.set_offset(moment - int(time.time()))
        world.stopped_at = moment
