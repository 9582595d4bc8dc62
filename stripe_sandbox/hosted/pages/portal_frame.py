"""What every step of the Customer Portal shares: the session, the way back and the way on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from stripe_sandbox.hosted import portal_flow
from stripe_sandbox.hosted.pages.rendering import message_page, render, see_other
from stripe_sandbox.hosted.pages.shop import shop_name
from stripe_sandbox.hosted.portal_flow import PortalRefused, PortalUnavailable

if TYPE_CHECKING:
    from stripe_sandbox.world import World

UNKNOWN = "The address is wrong, or the sandbox was started over. Go back and open the Portal again."
DONE = "You can close this page."

Step = Callable[..., Response]


def portal_step(step: Step) -> Step:
    """Answers an unknown session with 404 and what the configuration refuses with 409, each as a page."""

    @wraps(step)
    def guarded(world: World, request: Request, bps_id: str, **arguments: str) -> Response:
        try:
            return step(world, request, bps_id, **arguments)
        except PortalUnavailable:
            return message_page(404, "No such Portal page", UNKNOWN)
        except PortalRefused as refused:
            home = overview_address(bps_id)
            return message_page(
                409, "That is not possible", str(refused), link=home, link_text="Back to billing"
            )

    return guarded


def overview_address(bps_id: str, notice: str = "") -> str:
    return f"/portal/{bps_id}/overview" + (f"?notice={notice}" if notice else "")


def seen_subscription(world: World, bps_id: str, sub_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The session's view and one of its subscriptions. Raises PortalRefused for somebody else's."""
    seen = portal_flow.view(world, bps_id)
    for plan in seen["subscriptions"]:
        if plan["subscription"]["id"] == sub_id:
            return seen, plan
    raise PortalRefused("This subscription does not belong to the customer of this page.")


def flow(seen: dict[str, Any]) -> dict[str, Any]:
    """The flow the session was made for; empty when it opens at the overview."""
    return seen["flow"] or {}


def page(world: World, template: str, seen: dict[str, Any], status: int = 200, **context: Any) -> Response:
    """A step inside the Portal's frame; a flow has no overview to go back to, so it goes back to the shop."""
    back = seen["return_url"] if flow(seen) else overview_address(seen["session"]["id"])
    base = f"/portal/{seen['session']['id']}"
    shop = shop_name(world)
    return render(template, status, **(seen | {"shop": shop, "back": back, "base": base} | context))


def finished(seen: dict[str, Any], notice: str) -> Response:
    """Where a finished step leads: the overview with a notice, or what the flow asked for."""
    after = flow(seen).get("after_completion") or {}
    if after.get("type") == "redirect":
        return see_other(after["redirect"]["return_url"])
    if after.get("type") == "hosted_confirmation":
        text = (after.get("hosted_confirmation") or {}).get("custom_message") or DONE
        return message_page(200, "Done", text, link=seen["return_url"], link_text="Return")
    return see_other(overview_address(seen["session"]["id"], notice))
