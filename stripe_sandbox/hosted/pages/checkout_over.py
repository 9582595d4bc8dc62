"""Checkout pages that are over: unknown, expired, complete; and the second chance an expired one may give."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from stripe_sandbox.hosted import checkout_flow
from stripe_sandbox.hosted.checkout_flow import SessionUnavailable
from stripe_sandbox.hosted.pages.rendering import message_page, render, see_other
from stripe_sandbox.hosted.pages.shop import shop_name

if TYPE_CHECKING:
    from stripe_sandbox.world import World

UNAVAILABLE = {
    "unknown": (
        404,
        "No such Checkout page",
        "The address is wrong, or the sandbox was started over. Go back and choose the plan again.",
    ),
    "expired": (
        410,
        "This Checkout page has expired",
        "Nothing was paid. Go back and choose the plan again.",
    ),
    "complete": (
        410,
        "This Checkout is complete",
        "The subscription has begun. There is nothing left to pay here.",
    ),
}
Step = Callable[..., Response]


def step(view: Step) -> Step:
    """Answers a session that cannot be paid any more with a page that says so."""

    @wraps(view)
    def guarded(world: World, request: Request, cs_id: str) -> Response:
        try:
            return view(world, request, cs_id)
        except SessionUnavailable as unavailable:
            return over(world, cs_id, unavailable.reason)

    return guarded


def over(world: World, cs_id: str, reason: str) -> Response:
    status, title, text = UNAVAILABLE[reason]
    with world:
        session = world.get(cs_id) or {}
    shop = shop_name(world)
    link, link_text = session.get("cancel_url"), f"Back to {shop}"
    if reason == "complete" and session:
        link, link_text = checkout_flow.success_address(session), f"Go to {shop}"
    return message_page(status, title, text, link=link, link_text=link_text)


@step
def ask_recover(world: World, request: Request, cs_id: str) -> Response:
    """The link that a shop sends to somebody who left: a button, because looking makes nothing."""
    checkout_flow.recoverable(world, cs_id)
    return render("checkout_recover.html", shop=shop_name(world), action=f"/checkout/{cs_id}/recover")


@step
def recover(world: World, request: Request, cs_id: str) -> Response:
    return see_other(f"/checkout/{checkout_flow.recover(world, cs_id)}")
