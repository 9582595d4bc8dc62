from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.core.redirects import is_safe_next
from apps.subscriptions.decorators import billing_permission_required
from apps.subscriptions.errors import AlreadySubscribed, BillingError
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import (
    ACTIVE_PLAN_INTERVALS,
    PlanInterval,
    ProductMetadata,
    UnknownPlan,
    plan_for_slug,
)
from apps.subscriptions.models import CheckoutAttempt
from apps.subscriptions.services.checkout import confirm_checkout, start_checkout
from apps.subscriptions.views.manage import to_portal, to_tab

logger = logging.getLogger(__name__)


@require_POST
@billing_permission_required
def start(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """To Checkout. Price and quantity are ours; the form only names a plan and an interval."""
    chosen = _chosen(request)
    if chosen is None:
        return to_tab(request, _("There is no such plan. Choose one below."))
    plan, interval = chosen
    _remember_next(request)
    try:
        url = start_checkout(request.subscription_holder, plan, interval, by=request.user)
    except AlreadySubscribed:
        return to_portal(request)
    except BillingError as error:
        logger.error("Checkout of %s failed: %r", request.subscription_holder.pk, error)
        return to_tab(request, str(error.customer_text))
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _chosen(request: HttpRequest) -> tuple[ProductMetadata, PlanInterval] | None:
    try:
        plan = plan_for_slug(request.POST.get("plan", ""))
        interval = PlanInterval(request.POST.get("interval", ""))
    except (UnknownPlan, ValueError):
        return None
    return (plan, interval) if plan.is_sold and interval in ACTIVE_PLAN_INTERVALS else None


def _remember_next(request: HttpRequest) -> None:
    """The gated page the person came from, to go there after paying."""
    wanted = request.POST.get("next", "")
    if is_safe_next(request, wanted):
        request.session["after_checkout"] = wanted


@require_safe
@billing_permission_required
def confirm(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """Back from Checkout: right before, without and after the webhook."""
    holder = request.subscription_holder
    try:
        done = confirm_checkout(holder, request.GET.get("session_id", ""))
    except CheckoutAttempt.DoesNotExist:
        return to_tab(request, _("We know nothing of that payment. Nothing was changed."))
    except BillingError as error:
        logger.warning("Could not confirm yet: %r", error)
        done = False
    if not done:
        return render(request, "subscriptions/confirm.html", {"holder": holder})
    messages.success(request, _("Your subscription is active. Thank you."))
    path = request.session.pop("after_checkout", None) or billing_url("tab", holder)
    return HttpResponseClientRedirect(path) if request.htmx else redirect(path)
