"""The pages that Stripe hosts: Checkout, the Customer Portal, invoices; and this sandbox's dashboard.

`PAGE_RULES` holds (methods, path, view); a view takes `(world, request, **path_arguments)`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Request, Response

from stripe_sandbox.errors import StripeError
from stripe_sandbox.hosted.pages import (
    authenticate,
    checkout,
    checkout_over,
    dashboard,
    guard,
    invoice,
    portal,
    portal_cards,
    portal_change,
    portal_customer,
    switches,
)
from stripe_sandbox.hosted.pages.rendering import asset, message_page

if TYPE_CHECKING:
    from stripe_sandbox.world import World

View = Callable[..., Response]
HOME = {"link": "/", "link_text": "Sandbox dashboard"}


def missing(world: World, request: Request, path: str) -> Response:
    raise NotFound("No page of the sandbox has this address.")


def _guarded(view: View) -> View:
    @wraps(view)
    def guarded(world: World, request: Request, **arguments: str) -> Response:
        if not guard.allows(request):
            return message_page(
                403, "Sent from another site", "The sandbox takes posts from its own pages only."
            )
        try:
            return view(world, request, **arguments)
        except StripeError as error:
            return message_page(error.status, "That is not possible", error.message, **HOME)
        except HTTPException as error:
            return message_page(error.code or 500, "Nothing here", error.description or "", **HOME)

    return guarded


PAGE_RULES: list[tuple[str, str, View]] = [
    (methods, path, _guarded(view))
    for methods, path, view in (
        ("GET", "/static/<name>", asset),
        ("GET", "/", dashboard.show),
        ("GET", "/search", dashboard.search),
        ("GET", "/events", dashboard.list_events),
        ("GET", "/requests", dashboard.list_requests),
        ("GET", "/deliveries", dashboard.list_deliveries),
        ("GET", "/objects", dashboard.list_objects),
        ("GET", "/objects/<object_id>", dashboard.show_object),
        ("POST", "/dashboard/clock", switches.move_clock),
        ("POST", "/dashboard/customers/<customer_id>/decline", switches.decline_renewal),
        ("POST", "/dashboard/decline", switches.decline_renewals),
        ("POST", "/dashboard/settings", switches.set_account),
        ("POST", "/dashboard/webhook-endpoints/<endpoint_id>/roll", switches.roll_secret),
        ("POST", "/dashboard/events/<event_id>/resend", switches.resend),
        ("POST", "/dashboard/delivery", switches.set_delivery),
        ("POST", "/dashboard/faults", switches.set_fault),
        ("POST", "/dashboard/faults/clear", switches.clear_faults),
        ("GET", "/authenticate/<intent_id>", authenticate.ask),
        ("POST", "/authenticate/<intent_id>", authenticate.answer),
        ("GET", "/checkout/<cs_id>", checkout.show),
        ("POST", "/checkout/<cs_id>", checkout.pay),
        ("POST", "/checkout/<cs_id>/quantity", checkout.set_quantity),
        ("POST", "/checkout/<cs_id>/promotion-code", checkout.set_code),
        ("GET", "/checkout/<cs_id>/recover", checkout_over.ask_recover),
        ("POST", "/checkout/<cs_id>/recover", checkout_over.recover),
        ("GET", "/portal/<bps_id>", portal.enter),
        ("GET", "/portal/<bps_id>/overview", portal.overview),
        ("GET", "/portal/<bps_id>/subscriptions/<sub_id>/cancel", portal.ask_cancel),
        ("POST", "/portal/<bps_id>/subscriptions/<sub_id>/cancel", portal.cancel),
        ("POST", "/portal/<bps_id>/subscriptions/<sub_id>/resume", portal.resume),
        ("POST", "/portal/<bps_id>/subscriptions/<sub_id>/keep", portal.keep),
        ("GET", "/portal/<bps_id>/subscriptions/<sub_id>/update", portal_change.choose),
        ("POST", "/portal/<bps_id>/subscriptions/<sub_id>/update", portal_change.change),
        ("GET", "/portal/<bps_id>/payment-methods/add", portal_cards.ask_card),
        ("POST", "/portal/<bps_id>/payment-methods/add", portal_cards.save_card),
        ("POST", "/portal/<bps_id>/payment-methods/<pm_id>/default", portal_cards.make_default),
        ("POST", "/portal/<bps_id>/payment-methods/<pm_id>/remove", portal_cards.remove),
        ("GET", "/portal/<bps_id>/customer", portal_customer.ask),
        ("POST", "/portal/<bps_id>/customer", portal_customer.save),
        ("POST", "/portal/<bps_id>/tax-ids", portal_customer.add_tax_id),
        ("POST", "/portal/<bps_id>/tax-ids/<tax_id>/remove", portal_customer.remove_tax_id),
        ("GET", "/invoice/<invoice_id>", invoice.show),
        ("POST", "/invoice/<invoice_id>", invoice.pay),
        ("GET", "/invoice/<invoice_id>/pdf", invoice.document),
        ("GET", "/<path:path>", missing),
    )
]
