"""The buttons of the dashboard: the time machine, resending, the network's moods, faults."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from stripe_sandbox.billing_cycle import shifted
from stripe_sandbox.pages.rendering import message_page, see_other
from stripe_sandbox.world import World

DAY = 86_400
UNITS = {"minutes": 60, "hours": 3600, "days": DAY}
LONGEST = 3 * 366 * DAY
SETTLED = 2 * 3600
"""A renewal's invoice stays in draft for an hour; two hours later it is paid or refused."""
NOWHERE = "Choose between one minute and three years. Time moves forward only."

FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "error": ("Next call fails (500)", {"status": 500}),
    "rate-limit": ("Next call is rate limited (429)", {"status": 429, "retry_after": 1}),
    "slow": ("Next call takes 8 s", {"delay": 8}),
    "lost": ("Next change is done, its answer lost", {"match": {"method": "POST"}, "drop_response": True}),
    "down": ("Stripe is down until cleared", {"status": 503, "times": None}),
}
NOTICES = {
    "clock": "Time moved. What fell due has happened.",
    "resent": "The event is on its way again.",
    "fault": "The fault is set.",
    "cleared": "All faults are cleared.",
    "hold": "Webhooks are held until you release them.",
    "immediate": "Webhooks go out at once.",
    "released": "The held webhooks are on their way.",
}


def move_clock(world: World, request: Request) -> Response:
    to = request.form.get("to", "")
    seconds = _until_trial_end(world) if to == "trial-end" else _seconds(world, request, to)
    if seconds is None:
        text = "No trial is running." if to == "trial-end" else NOWHERE
        return message_page(422, "Time did not move", text, link="/", link_text="Back to the dashboard")
    world.advance(seconds)
    return _done("clock")


def _seconds(world: World, request: Request, to: str) -> int | None:
    if to == "tomorrow":
        return DAY
    if to == "month":
        now = world.now()
        return shifted(now, "month", 1) - now + SETTLED
    seconds = request.form.get("amount", 0, int) * UNITS.get(request.form.get("unit", ""), 0)
    return seconds if 0 < seconds <= LONGEST else None


def _until_trial_end(world: World) -> int | None:
    """To the next end of a trial on the world's own clock; customers on a test clock move alone."""
    with world:
        trials = [sub for sub in world.where("subscription", status="trialing") if not world.clock_of(sub)]
        ends = [sub["trial_end"] for sub in trials if sub["trial_end"]]
        return max(0, min(ends) - world.now()) + SETTLED if ends else None


def resend(world: World, request: Request, event_id: str) -> Response:
    with world:
        event = world.get(event_id)
        if event is None or event["object"] != "event":
            raise NotFound("No such event.")
        world.courier.resend(event)
    return _done("resent")


def set_delivery(world: World, request: Request) -> Response:
    """Hold webhooks, let them go at once, or release what is held."""
    choice = request.form.get("mode", "")
    if choice not in ("hold", "immediate", "released"):
        raise NotFound("No such switch.")
    with world:
        if choice != "hold":
            world.courier.release()
        if choice != "released":
            world.courier.mode = choice
    return _done(choice)


def set_fault(world: World, request: Request) -> Response:
    name = request.form.get("fault", "")
    if name not in FAULTS:
        raise NotFound("No such fault.")
    with world:
        world.faults.add(dict(FAULTS[name][1]))
    return _done("fault")


def clear_faults(world: World, request: Request) -> Response:
    with world:
        world.faults.clear()
    return _done("cleared")


def _done(notice: str) -> Response:
    return see_other(f"/?done={notice}")
