"""`/portal/<bps_id>`: the Customer Portal's overview, cancelling and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from stripe_sandbox.hosted import invoice_words, portal_customer, portal_flow
from stripe_sandbox.hosted.countries import COUNTRIES
from stripe_sandbox.hosted.pages import words
from stripe_sandbox.hosted.pages.portal_frame import (
    finished,
    flow,
    overview_address,
    page,
    portal_step,
    seen_subscription,
)
from stripe_sandbox.hosted.pages.rendering import see_other

if TYPE_CHECKING:
    from stripe_sandbox.world import World

STEPS = {"payment_method_update": "payment-methods/add", "customer_update": "customer"}
INVOICES = 12
NOTICES = {
    "canceled": "Your plan is canceled. It stays as it is until the date below.",
    "canceled_now": "Your plan is canceled.",
    "resumed": "Your plan goes on. Nothing was lost.",
    "changed": "Your plan is changed.",
    "scheduled": "Your plan changes on the date below. Until then it stays as it is.",
    "kept": "Your plan stays as it is.",
    "card": "Your payment method is saved.",
    "card-removed": "The card is removed.",
    "customer": "Your billing information is saved.",
}


@portal_step
def enter(world: World, request: Request, bps_id: str) -> Response:
    seen = portal_flow.view(world, bps_id)
    step = _first_step(flow(seen))
    return see_other(f"/portal/{bps_id}/{step}") if step else _overview(world, request, seen)


def _first_step(flow: dict[str, Any]) -> str:
    """The path of the step a flow starts at; empty for the overview."""
    kind = flow.get("type", "")
    if kind in STEPS:
        return STEPS[kind]
    if kind not in ("subscription_cancel", "subscription_update", "subscription_update_confirm"):
        return ""
    about = flow[kind]
    path = f"subscriptions/{about['subscription']}/{'cancel' if kind == 'subscription_cancel' else 'update'}"
    return path + _wish(about["items"][0]) if kind == "subscription_update_confirm" else path


def _wish(item: dict[str, Any]) -> str:
    wish = {name: item[name] for name in ("price", "quantity") if name in item}
    return "?" + urlencode(wish | {"confirm": "yes"})


@portal_step
def overview(world: World, request: Request, bps_id: str) -> Response:
    return _overview(world, request, portal_flow.view(world, bps_id))


def _overview(world: World, request: Request, seen: dict[str, Any]) -> Response:
    with world:
        plans = [_shown_plan(world, plan) for plan in seen["subscriptions"]]
    notice = NOTICES.get(request.args.get("notice", ""), "")
    more = request.args.get("invoices") == "all"
    shown = seen["invoices"] if more else seen["invoices"][:INVOICES]
    hidden = len(seen["invoices"]) - len(shown)
    found = seen | {"subscriptions": plans, "invoices": shown}
    tax_ids = portal_customer.tax_ids(world, seen["session"]["id"])
    numbers = [invoice_words.tax_id(tax_id) for tax_id in tax_ids]
    about: dict[str, Any] = {"notice": notice, "tax_ids": numbers, "countries": COUNTRIES}
    return page(world, "portal.html", found, hidden_invoices=hidden, **about)


def _shown_plan(world: World, plan: dict[str, Any]) -> dict[str, Any]:
    discounts = [invoice_words.discount(world, found) for found in plan["subscription"]["discounts"]]
    return plan | {"recurring": plan["price"].get("recurring"), "discounts": discounts}


@portal_step
def ask_cancel(world: World, request: Request, bps_id: str, sub_id: str) -> Response:
    seen, plan = seen_subscription(world, bps_id, sub_id)
    if not plan["can_cancel"]:
        raise portal_flow.PortalRefused("This plan cannot be canceled here, or it is canceled already.")
    cancellation = seen["features"]["subscription_cancel"]
    asked = cancellation.get("cancellation_reason") or {}
    return page(
        world,
        "portal_cancel.html",
        seen,
        plan=plan,
        now=cancellation.get("mode") == "immediately",
        reasons=[(key, words.CANCELLATION_REASONS.get(key, key)) for key in asked.get("options") or []]
        if asked.get("enabled")
        else [],
    )


@portal_step
def cancel(world: World, request: Request, bps_id: str, sub_id: str) -> Response:
    seen, _ = seen_subscription(world, bps_id, sub_id)
    reason, comment = request.form.get("reason", ""), request.form.get("comment", "").strip()[:500]
    subscription = portal_flow.cancel(world, bps_id, sub_id, reason, comment)
    return finished(seen, "canceled_now" if subscription["status"] == "canceled" else "canceled")


@portal_step
def resume(world: World, request: Request, bps_id: str, sub_id: str) -> Response:
    portal_flow.resume(world, bps_id, sub_id)
    return see_other(overview_address(bps_id, "resumed"))


@portal_step
def keep(world: World, request: Request, bps_id: str, sub_id: str) -> Response:
    """Takes back a change that waits for the period's end."""
    portal_flow.keep_plan(world, bps_id, sub_id)
    return see_other(overview_address(bps_id, "kept"))
