"""The buttons of the dashboard: the time machine, resending, the network's moods, faults."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from stripe_sandbox import webhook_secrets
from stripe_sandbox.billing.amounts.billing_cycle import shifted
from stripe_sandbox.billing.lifecycle import advance, time_of
from stripe_sandbox.hosted.pages.rendering import message_page, see_other

if TYPE_CHECKING:
    from stripe_sandbox.world import World

DAY = 86_400
UNITS = {"minutes": 60, "hours": 3600, "days": DAY}
LONGEST = 3 * 366 * DAY
RENEWING = ("trialing", "active", "past_due")
SETTLED = 2 * 3600
"""A renewal's invoice stays in draft for an hour; two hours later it is paid or refused."""
BACK = re.compile(r"/|/events|/requests|/deliveries|/objects/[A-Za-z0-9_]+")
NOWHERE = "Choose between one minute and three years. Time moves forward only."

AFTER_RETRIES = {
    "cancel": "cancel the subscription",
    "unpaid": "mark it unpaid",
    "past_due": "leave it past due",
}
RATE_LIMIT = 25
"""Calls a second that each key has, when the limit is on."""
DECLINED = {
    "type": "card_error",
    "code": "card_declined",
    "decline_code": "generic_decline",
    "message": "Your card was declined.",
}
POST: dict[str, Any] = {"match": {"method": "POST"}}
FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "error": ("Next call fails (500)", {"status": 500}),
    "declined": (
        "Next change is declined (402)",
        {"match": {"method": "POST"}, "status": 402, "error": DECLINED},
    ),
    "rate-limit": ("Next call is rate limited (429)", {"status": 429, "retry_after": 1}),
    "slow": ("Next call takes 8 s", {"delay": 8}),
    "lost": ("Next change is done, its answer lost", POST | {"drop_response": True}),
    "down": ("Stripe is away until cleared", {"status": 503, "times": None}),
}
NOTICES = {
    "clock": "Time moved. What fell due has happened.",
    "decline": "The next charge that happens without the customer will be refused.",
    "decline-all": "The next charge of every customer that happens without them will be refused.",
    "settings": "The account's setting is kept.",
    "rolled-at-once": "The endpoint has a new secret. The one before signs no longer.",
    "rolled": "The endpoint has a new secret. The old one still signs as long as you said.",
    "resent": "The event is on its way again.",
    "fault": "The fault is set.",
    "cleared": "All faults are cleared.",
    "hold": "Webhooks are held until you release them.",
    "immediate": "Webhooks go out at once.",
    "released": "The held webhooks are on their way.",
}


def move_clock(world: World, request: Request) -> Response:
    """Move the world's clock, or the test clock that the form names."""
    clock, to = request.form.get("clock") or None, request.form.get("to", "")
    with world:
        if clock and clock not in [found["id"] for found in world.all("test_helpers.test_clock")]:
            raise NotFound("No such test clock.")
        now = time_of(world, clock)
        target = _trial_end(world, now, clock) if to == "trial-end" else _later(now, request, to)
    if target is None:
        text = "No trial is running." if to == "trial-end" else NOWHERE
        return message_page(422, "Time did not move", text, link="/", link_text="Back to the dashboard")
    advance(world, target, clock)
    return _done("clock", f"/objects/{clock}" if clock else _back(request))


def _later(now: int, request: Request, to: str) -> int | None:
    """The moment the pressed button names; None when that is nowhere."""
    if to == "tomorrow":
        return now + DAY
    if to == "week":
        return now + 7 * DAY
    if to == "date":
        return _date(now, request.form.get("date", ""))
    if to == "month":
        return shifted(now, "month", 1) + SETTLED
    seconds = request.form.get("amount", 0, int) * UNITS.get(request.form.get("unit", ""), 0)
    return now + seconds if 0 < seconds <= LONGEST else None


def _date(now: int, text: str) -> int | None:
    """Noon UTC of the day that was chosen, so that the day is the same in most places."""
    try:
        chosen = int(datetime.strptime(text, "%Y-%m-%d").replace(hour=12, tzinfo=UTC).timestamp())
    except ValueError:
        return None
    return chosen if now < chosen <= now + LONGEST else None


def _trial_end(world: World, now: int, clock: str | None) -> int | None:
    """The next end of a trial on this clock; customers on a test clock move alone."""
    trials = [sub for sub in world.where("subscription", status="trialing") if world.clock_of(sub) == clock]
    ends = [sub["trial_end"] for sub in trials if sub["trial_end"]]
    return max(now, min(ends)) + SETTLED if ends else None


def decline_renewal(world: World, request: Request, customer_id: str) -> Response:
    with world:
        customer = world.get(customer_id)
        if customer is None or customer["object"] != "customer":
            raise NotFound("No such customer.")
        world.decline_next_renewal(customer_id)
    return _done("decline", f"/objects/{customer_id}")


def decline_renewals(world: World, request: Request) -> Response:
    """Each customer with a living subscription: the next charge that happens without them is refused."""
    with world:
        owners = {sub["customer"] for sub in world.all("subscription") if sub["status"] in RENEWING}
        for customer in owners:
            world.decline_next_renewal(customer)
    return _done("decline-all", _back(request))


def roll_secret(world: World, request: Request, endpoint_id: str) -> Response:
    expires_in = request.form.get("expires_in", webhook_secrets.LONGEST, int)
    if not 0 <= expires_in <= webhook_secrets.LONGEST:
        raise NotFound("An old secret lives for a day at most.")
    with world:
        endpoint = world.get(endpoint_id)
        if endpoint is None or endpoint["object"] != "webhook_endpoint":
            raise NotFound("No such endpoint.")
        webhook_secrets.roll(world, endpoint, expires_in)
    return _done("rolled" if expires_in else "rolled-at-once", f"/objects/{endpoint_id}")


def set_account(world: World, request: Request) -> Response:
    choice, limit = request.form.get("after_retries"), request.form.get("rate_limit")
    if choice not in (None, *AFTER_RETRIES) or limit not in (None, "on", "off"):
        raise NotFound("No such setting.")
    with world:
        if choice:
            world.settings()["after_retries"] = choice
        if limit:
            world.settings()["rate_limit"] = RATE_LIMIT if limit == "on" else None
            world.rate_limit.clear()
    return _done("settings")


def resend(world: World, request: Request, event_id: str) -> Response:
    with world:
        event = world.get(event_id)
        if event is None or event["object"] != "event":
            raise NotFound("No such event.")
        world.courier.resend(event)
    return _done("resent", _back(request))


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


def _back(request: Request) -> str:
    """The page of the dashboard that the button stood on."""
    path = request.form.get("back", "/")
    return path if BACK.fullmatch(path) else "/"


def _done(notice: str, path: str = "/") -> Response:
    return see_other(f"{path}?done={notice}")
