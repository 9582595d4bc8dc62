"""What happens by itself as time passes: trials end, periods renew, retries run, sessions expire."""

from __future__ import annotations

import time
import traceback
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing import disputes, happenings, refunds
from stripe_sandbox.billing.billing_cycle import DAY, HOUR

if TYPE_CHECKING:
    from stripe_sandbox.world import World

NOTICE = 3 * DAY
"""How long before its end a trial is announced to end."""
UPCOMING = 7 * DAY
"""How long before a renewal `invoice.upcoming` is sent."""
PAYMENT_WINDOW = 23 * HOUR
"""How long an incomplete subscription waits for its first payment."""


def due_at(world: World, obj: dict[str, Any]) -> int | None:
    """The next moment at which something happens to this object by itself."""
    times = TIMETABLES.get(obj["object"]) if not obj.get("_rests") else None
    return min((at for at, _ in times(obj)), default=None) if times else None


def run(world: World, obj: dict[str, Any]) -> None:
    """Do what is due first."""
    timetable = sorted(TIMETABLES[obj["object"]](obj), key=lambda entry: entry[0])
    getattr(happenings, timetable[0][1])(world, obj)


def subscription_times(sub: dict[str, Any]) -> list[tuple[int, str]]:
    """In order of precedence for one moment: an end comes before a renewal."""
    status = sub["status"]
    if status == "incomplete":
        return [(sub["created"] + PAYMENT_WINDOW, "expire_subscription")]
    if status not in ("trialing", "active", "past_due", "unpaid", "paused"):
        return []
    times = [(sub["cancel_at"], "cancel_subscription")] if sub.get("cancel_at") else []
    pause = sub.get("pause_collection")
    if pause and pause.get("resumes_at"):
        times.append((pause["resumes_at"], "resume_collection"))
    if status == "trialing" and not sub.get("trial_end"):
        return times
    if status == "trialing":
        if not sub.get("_trial_notice"):
            times.append((sub["trial_end"] - NOTICE, "announce_trial_end"))
        return [*times, (sub["trial_end"], "end_trial")]
    return times if status == "paused" else times + renewal_times(sub)


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
    if not invoice.get("auto_advance"):
        return []
    if invoice["status"] == "draft" and invoice.get("automatically_finalizes_at"):
        return [(invoice["automatically_finalizes_at"], "finalize_and_collect")]
    if invoice["status"] == "open" and invoice.get("next_payment_attempt"):
        return [(invoice["next_payment_attempt"], "retry_payment")]
    return []


def session_times(session: dict[str, Any]) -> list[tuple[int, str]]:
    return [(session["expires_at"], "expire_session")] if session["status"] == "open" else []


TIMETABLES = {
    "subscription": subscription_times,
    "invoice": invoice_times,
    "checkout.session": session_times,
    "dispute": disputes.times,
    "refund": refunds.times,
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
    if due_at(world, obj) == at:
        raise RuntimeError(f"{obj['id']} stays due at {at}")


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
