"""`/portal/<bps_id>/subscriptions/<sub_id>/update`: choose another plan, see the charge, confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from stripe_sandbox.hosted import portal_flow
from stripe_sandbox.hosted.checkout_flow import AuthenticationRequired, CardDeclined
from stripe_sandbox.hosted.pages import words
from stripe_sandbox.hosted.pages.portal_frame import finished, page, portal_step, seen_subscription
from stripe_sandbox.hosted.portal_plans import choices

if TYPE_CHECKING:
    from stripe_sandbox.world import World

DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
NOT_SWITCHABLE = "This plan cannot be changed here."


@portal_step
def choose(world: World, request: Request, bps_id: str, sub_id: str) -> Response:
    """The choices; with `?price=` or `?quantity=`, what that choice costs."""
    seen, plan = _changeable(world, bps_id, sub_id)
    price_id, quantity = _wish(request.args, plan)
    if price_id != plan["price"]["id"] or quantity or "confirm" in request.args:
        return _confirm(world, bps_id, seen, plan, price_id, quantity)
    offered = [_choice(choice) for choice in sorted(seen["choices"], key=_shortest_cheapest)]
    return page(world, "portal_update.html", seen, plan=plan, grouped=_by_interval(offered))


@portal_step
def change(world: World, request: Request, bps_id: str, sub_id: str) -> Response:
    seen, plan = _changeable(world, bps_id, sub_id)
    price_id, quantity = _wish(request.form, plan)
    try:
        subscription = portal_flow.change_plan(world, bps_id, sub_id, price_id, quantity)
    except (CardDeclined, AuthenticationRequired) as refused:
        message = f"{refused} Nothing was changed. Add another payment method, then try again."
        raise portal_flow.PortalRefused(message) from None
    return finished(seen, "scheduled" if subscription["schedule"] else "changed")


def _changeable(world: World, bps_id: str, sub_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    seen, plan = seen_subscription(world, bps_id, sub_id)
    if not plan["can_update"]:
        raise portal_flow.PortalRefused(NOT_SWITCHABLE)
    with world:  # of several plans, the amounts are for this one's quantity
        return seen | {"choices": choices(world, seen["features"], [plan])}, plan


def _wish(values: MultiDict[str, str], plan: dict[str, Any]) -> tuple[str, int | None]:
    """The chosen price, else the present one; the chosen quantity when it is another than the present."""
    quantity = values.get("quantity", None, int)
    return values.get("price") or plan["price"]["id"], None if quantity == plan["quantity"] else quantity


def _confirm(
    world: World, bps_id: str, seen: dict[str, Any], plan: dict[str, Any], price_id: str, quantity: int | None
) -> Response:
    here = {name: plan[name] for name in ("price", "product", "currency", "interval")}
    offered = {choice["price"]["id"]: choice for choice in seen["choices"]}
    choice = offered.get(price_id) or (here if price_id == plan["price"]["id"] else None)
    if choice is None:
        raise portal_flow.PortalRefused(NOT_SWITCHABLE)
    preview = portal_flow.preview_change(world, bps_id, plan["subscription"]["id"], price_id, quantity)
    chosen = _choice(choice | {"amount": preview["then_amount"]})
    return page(
        world, "portal_confirm.html", seen, plan=plan, choice=chosen, preview=preview, quantity=quantity
    )


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    recurring = choice["price"].get("recurring")
    return choice | {"per": words.per_interval(recurring), "billed": words.billed(recurring)}


def _shortest_cheapest(choice: dict[str, Any]) -> tuple[int, int]:
    recurring = choice["price"]["recurring"]
    return DAYS[recurring["interval"]] * recurring["interval_count"], choice["amount"]


def _by_interval(choices: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The choices under their headings, "Billed monthly" before "Billed yearly"."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for choice in choices:
        grouped.setdefault(f"Billed {choice['billed']}", []).append(choice)
    return list(grouped.items())
