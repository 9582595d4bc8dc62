"""`/portal/<bps_id>/payment-methods`: add a card, choose the one that pays."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from stripe_sandbox.hosted import portal_customer, portal_flow
from stripe_sandbox.hosted.checkout_flow import AuthenticationRequired, CardDeclined
from stripe_sandbox.hosted.pages import cards
from stripe_sandbox.hosted.pages.cards import CardForm, Fault
from stripe_sandbox.hosted.pages.portal_frame import finished, overview_address, page, portal_step
from stripe_sandbox.hosted.pages.rendering import render, see_other

if TYPE_CHECKING:
    from stripe_sandbox.world import World

NOT_AUTHENTICATED = "The card was not authenticated and not saved. Try again or use another card."


@portal_step
def ask_card(world: World, request: Request, bps_id: str) -> Response:
    seen = _changeable(world, bps_id)
    return _page(world, seen, cards.typed(request.args))


@portal_step
def save_card(world: World, request: Request, bps_id: str) -> Response:
    seen, form = _changeable(world, bps_id), cards.typed(request.form)
    fault = cards.check(form)
    if fault:
        return _page(world, seen, form, fault, 422)
    answer = request.form.get("authentication", "")
    if answer == "fail":
        return _page(world, seen, form, Fault(NOT_AUTHENTICATED), 402)
    try:
        portal_flow.set_card(world, bps_id, **cards.arguments(form), authenticated=answer == "complete")
    except CardDeclined as declined:
        return _page(world, seen, form, Fault(declined.message), 402)
    except AuthenticationRequired:
        return render(
            "authenticate.html", action=request.path, hidden=asdict(form), purpose="that this card is yours"
        )
    return finished(seen, "card")


@portal_step
def make_default(world: World, request: Request, bps_id: str, pm_id: str) -> Response:
    portal_flow.set_default_card(world, bps_id, pm_id)
    return see_other(overview_address(bps_id, "card"))


@portal_step
def remove(world: World, request: Request, bps_id: str, pm_id: str) -> Response:
    portal_customer.remove_card(world, bps_id, pm_id)
    return see_other(overview_address(bps_id, "card-removed"))


def _changeable(world: World, bps_id: str) -> dict[str, Any]:
    seen = portal_flow.view(world, bps_id)
    if not (seen["features"].get("payment_method_update") or {}).get("enabled"):
        raise portal_flow.PortalRefused("Payment methods cannot be changed here.")
    return seen


def _page(
    world: World, seen: dict[str, Any], form: CardForm, fault: Fault | None = None, status: int = 200
) -> Response:
    return page(world, "portal_card.html", seen, status, form=form, fault=fault, cards=cards.TEST_CARDS)
