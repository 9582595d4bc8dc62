"""Another plan or interval: choose it, see what it costs today, do it."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.core.htmx import wants_fragment
from apps.core.limits import limited
from apps.subscriptions.decorators import billing_permission_required
from apps.subscriptions.errors import BillingError, NothingToChange, PreviewTooOld
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import (
    ACTIVE_PLAN_INTERVALS,
    PlanInterval,
    ProductMetadata,
    UnknownPlan,
    first_interval,
    plan_for_slug,
)
from apps.subscriptions.pricing import pricing_for
from apps.subscriptions.services.plan_change import (
    Outcome,
    PlanChange,
    change_plan,
    changeable,
    decide,
    preview,
)
from apps.subscriptions.tab import subscription_view
from apps.subscriptions.tab.change import change_view
from apps.subscriptions.views.manage import go, to_tab

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@billing_permission_required
@vary_on_headers("HX-Request")
@limited("ask_stripe", "GET", "POST")
def change(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """Without a plan: the plans to choose from. With one: what changes, and by POST the change."""
    if request.method == "POST":
        return _do(request)
    if "plan" not in request.GET:
        return _choose(request)
    return _show(request)


def _choose(request: HttpRequest) -> HttpResponse:
    """The cards, the present plan marked."""
    holder = request.subscription_holder
    try:
        row = changeable(holder)
    except BillingError as error:
        return _refused(request, error)
    interval = request.GET.get("interval") or row.interval
    seats = holder.quantity_shown()
    offer = pricing_for(interval, seats, holder=holder, may_buy=True, seats_taken=seats, subscription=row)
    planned = view.next_change if (view := subscription_view(request.entitlements)) else None
    template = "subscriptions/change.html" + ("#plans" if wants_fragment(request) else "")
    return render(request, template, {"holder": holder, "pricing": offer, "planned": planned})


def _show(request: HttpRequest) -> HttpResponse:
    """The page says what changes and asks nobody; the figures come with `preview=1`, by htmx or by a link."""
    chosen = _chosen(request.GET)
    if chosen is None:
        return to_tab(request, _("There is no such plan. Choose another one."), page="change")
    plan, interval = chosen
    if plan.is_default:
        return go(request, billing_url("cancel", request.subscription_holder))
    try:
        wished = decide(request.subscription_holder, plan, interval)
    except BillingError as error:
        return _refused(request, error)
    context = {"holder": request.subscription_holder, "change": change_view(wished)}
    if request.GET.get("preview") and request.method == "GET":
        context |= _figures(wished)
    part = "#preview" if wants_fragment(request) and request.GET.get("preview") else ""
    return render(request, f"subscriptions/change_preview.html{part}", context)


def _figures(wished: PlanChange) -> dict[str, Any]:
    """What the change costs today; asks Stripe."""
    try:
        return {"change": change_view(wished, preview(wished)), "asked": True}
    except BillingError as error:
        logger.warning("No preview for %s: %r", wished.subscription, error)
        return {"failed": str(error.customer_text), "asked": True}


def _do(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request.POST)
    if chosen is None:
        return to_tab(request, _("There is no such plan. Choose another one."), page="change")
    plan, interval = chosen
    holder, proof = request.subscription_holder, request.POST.get("proration_date", "")
    if plan.is_default:
        return go(request, billing_url("cancel", holder))
    try:
        outcome = change_plan(holder, plan, interval, by=request.user, proof=proof)
    except PreviewTooOld as error:
        messages.warning(request, str(error.customer_text))
        return go(request, _path(request, plan, interval))
    except BillingError as error:
        return _refused(request, error)
    level, text = _said(outcome, plan, interval)
    messages.add_message(request, level, text)
    return go(request, billing_url("tab", holder))


def _said(outcome: Outcome, plan: ProductMetadata, interval: PlanInterval) -> tuple[int, str]:
    how_often = _("paid monthly") if interval == PlanInterval.MONTH else _("paid yearly")
    words = {"plan": plan.name, "how_often": how_often}
    if outcome == Outcome.DONE:
        return messages.SUCCESS, _("You are on %(plan)s now, %(how_often)s.") % words
    if outcome == Outcome.AT_RENEWAL:
        return messages.SUCCESS, _("From the next renewal you are on %(plan)s, %(how_often)s.") % words
    text = _(
        "The payment did not go through, so nothing has changed yet. %(plan)s, %(how_often)s, waits for it."
    )
    return messages.WARNING, text % words


def _refused(request: HttpRequest, error: BillingError) -> HttpResponse:
    """Back to the tab with a sentence. To be on the plan already is no fault: a double click ends there."""
    if isinstance(error, NothingToChange):
        messages.info(request, str(error.customer_text))
        return go(request, billing_url("tab", request.subscription_holder))
    logger.warning("Plan of %s not changed: %r", request.subscription_holder.pk, error)
    return to_tab(request, str(error.customer_text))


def _chosen(data: QueryDict) -> tuple[ProductMetadata, PlanInterval] | None:
    """A plan that is sold, or the free one; None for anything else."""
    try:
        plan = plan_for_slug(data.get("plan", ""))
        interval = PlanInterval(data.get("interval") or first_interval())
    except (UnknownPlan, ValueError):
        return None
    offered = plan.is_default or plan.is_sold
    return (plan, interval) if offered and interval in ACTIVE_PLAN_INTERVALS else None


def _path(request: HttpRequest, plan: ProductMetadata, interval: PlanInterval) -> str:
    query = QueryDict(mutable=True)
    query.update({"plan": plan.slug, "interval": str(interval)})
    return f"{billing_url('change', request.subscription_holder)}?{query.urlencode()}"
