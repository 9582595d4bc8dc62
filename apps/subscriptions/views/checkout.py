from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.core.billing import SubscriptionModelBase
from apps.core.limits import limited
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
from apps.subscriptions.services.checkout import Outcome, checkout_url, confirm_checkout, start_checkout
from apps.subscriptions.views.manage import to_portal, to_tab

logger = logging.getLogger(__name__)

NEXT_KEY = "after_checkout"
MOST_LOOKS = 20
SENTENCES = {
    Outcome.EXPIRED: gettext_lazy(
        "That payment page has expired, and nothing was charged. Choose a plan again."
    ),
    Outcome.OVER: gettext_lazy("That subscription has ended. Choose a plan to start a new one."),
    Outcome.PAYMENT_OPEN: gettext_lazy("Your bank has to confirm the payment first. Finish it below."),
}


@require_POST
@billing_permission_required
@limited("ask_stripe")
def start(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """To Checkout. Price and quantity are ours; the form only names a plan, an interval and a currency."""
    holder = request.subscription_holder
    chosen = _chosen(request)
    if chosen is None:
        return to_tab(request, _("There is no such plan. Choose one below."))
    _remember_next(request, holder)
    try:
        url = start_checkout(holder, *chosen, by=request.user, currency=request.POST.get("currency", ""))
    except AlreadySubscribed:
        return to_portal(request)
    except BillingError as error:
        logger.log(error.log_level, "Checkout of %s failed: %r", holder.pk, error)
        return to_tab(request, str(error.customer_text))
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _chosen(request: HttpRequest) -> tuple[ProductMetadata, PlanInterval] | None:
    try:
        plan = plan_for_slug(request.POST.get("plan", ""))
        interval = PlanInterval(request.POST.get("interval", ""))
    except (UnknownPlan, ValueError):
        return None
    return (plan, interval) if plan.is_sold and interval in ACTIVE_PLAN_INTERVALS else None


def _remember_next(request: HttpRequest, holder: SubscriptionModelBase) -> None:
    """The gated page the person came from, to go there after paying for this holder."""
    wanted = request.POST.get("next", "")
    if is_safe_next(request, wanted):
        request.session[NEXT_KEY] = {"holder": str(holder.pk), "path": wanted}


def _pop_next(request: HttpRequest, holder: SubscriptionModelBase) -> str | None:
    wanted = request.session.get(NEXT_KEY)
    if not wanted or wanted["holder"] != str(holder.pk):
        return None
    return request.session.pop(NEXT_KEY)["path"]


@require_safe
@billing_permission_required
@limited("ask_stripe", "GET")
def confirm(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """Back from Checkout: right before, without and after the webhook."""
    if request.method == "HEAD":  # reads nothing back: only a person who returns makes us ask Stripe
        return HttpResponse()
    session_id = request.GET.get("session_id", "")
    try:
        outcome = confirm_checkout(request.subscription_holder, session_id)
    except CheckoutAttempt.DoesNotExist:
        return to_tab(request, _("We know nothing of that payment. Nothing was changed."))
    except BillingError as error:
        logger.warning("Could not confirm yet: %r", error)
        outcome = Outcome.CONFIRMING
    return _answer(request, outcome, session_id)


def _answer(request: HttpRequest, outcome: Outcome, session_id: str) -> HttpResponse:
    holder = request.subscription_holder
    if outcome == Outcome.ACTIVE:
        messages.success(request, _("Your plan is on. Thank you."))
        path = _pop_next(request, holder) or billing_url("tab", holder)
        return HttpResponseClientRedirect(path) if request.htmx else redirect(path)
    if outcome in SENTENCES:
        return to_tab(request, str(SENTENCES[outcome]))
    if outcome == Outcome.NOT_PAID:
        context = {"holder": holder, "checkout_url": checkout_url(holder, session_id)}
        return render(request, "subscriptions/not_paid.html", context)
    return render(request, "subscriptions/confirm.html", _waiting(request, session_id))


def _waiting(request: HttpRequest, session_id: str) -> dict[str, object]:
    """The page looks again by itself, ever more rarely and not for ever: each look asks Stripe."""
    look = _look(request.GET.get("look"))
    path = billing_url("confirm", request.subscription_holder)
    return {
        "holder": request.subscription_holder,
        "path": f"{path}?{urlencode({'session_id': session_id})}",
        "next_look": look + 1 if look < MOST_LOOKS else None,
        "seconds": 2 if look < 5 else 5,
    }


def _look(text: str | None) -> int:
    try:
        return min(max(0, int(text or 0)), MOST_LOOKS)
    except ValueError:
        return 0
