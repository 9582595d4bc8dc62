from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.core.dates import day_text
from apps.core.limits import limited
from apps.subscriptions import sync
from apps.subscriptions.decorators import billing_permission_required
from apps.subscriptions.errors import BillingError
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Status
from apps.subscriptions.services import cancellation
from apps.subscriptions.services.portal import open_portal
from apps.subscriptions.tab import SubscriptionView, subscription_view

logger = logging.getLogger(__name__)


@require_POST
@billing_permission_required
@limited("ask_stripe")
def portal(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    return to_portal(request)


@require_safe
@billing_permission_required
@limited("ask_stripe", "GET")
def portal_return(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """Back from the Portal: what was changed there is shown at once, whenever the webhook comes."""
    holder = request.subscription_holder
    if holder.stripe_customer_id and request.method == "GET":  # HEAD asks nobody and writes nothing
        _show_what_the_portal_did(request, holder.stripe_customer_id)
    return redirect(billing_url("tab", holder))


def _show_what_the_portal_did(request: HttpRequest, customer_id: str) -> None:
    """The errors' own words would say that nothing was charged: perhaps an invoice was paid there."""
    try:
        sync.sync_customer(customer_id)
    except BillingError as error:
        logger.error("Coming back from the Portal, %s was not read: %r", customer_id, error)
        messages.warning(
            request,
            _(
                "We could not ask our payment provider right now. What you changed or paid there counts, and"
                " shows here in a few minutes. Look again then."
            ),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@billing_permission_required
def cancel(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    holder = request.subscription_holder
    view = subscription_view(request.entitlements)
    if view is None or not view.can_cancel:
        return _nothing_to_cancel(request, view)
    if request.method != "POST":
        return render(request, "subscriptions/cancel.html", _cancel_context(request, view))
    if _try(request, lambda: cancellation.cancel_at_period_end(holder, by=request.user, **_reason(request))):
        messages.success(request, _will_end(view))
    return go(request, billing_url("tab", holder))


def _nothing_to_cancel(request: HttpRequest, view: SubscriptionView | None) -> HttpResponse:
    """A second click, or one after an answer that was lost, hears that the first was heard."""
    if view is None or not view.can_resume:
        return to_tab(request, _("There is nothing to cancel."))
    messages.info(
        request, _("Your plan is cancelled already. It ends on %(date)s.") % {"date": day_text(view.ends)}
    )
    return go(request, billing_url("tab", request.subscription_holder))


def _cancel_context(request: HttpRequest, view: SubscriptionView) -> dict[str, Any]:
    return {
        "holder": request.subscription_holder,
        "view": view,
        "feedback": cancellation.FEEDBACK.items(),
        "comment_length": cancellation.COMMENT_LENGTH,
    }


def _will_end(view: SubscriptionView) -> str:
    if view.stays_open:
        return _("Your plan ends with the current period. You keep access until then.")
    return _("Your plan ends with the current period.")


def _reason(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("feedback", "comment")}


@require_POST
@billing_permission_required
def resume(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    holder = request.subscription_holder
    if _try(request, lambda: cancellation.resume(holder, by=request.user)):
        _say_that_it_goes_on(request)
    return go(request, billing_url("tab", holder))


def _say_that_it_goes_on(request: HttpRequest) -> None:
    """After a pause only once it is paid: a card may refuse, or the bank may want to hear from its holder."""
    row = request.subscription_holder.subscriptions.filter(is_current=True).first()
    if row is not None and row.status == Status.PAUSED:
        messages.warning(request, _("The payment did not go through, so your plan is still paused."))
    else:
        messages.success(request, _("Your plan goes on."))


def to_portal(request: HttpRequest) -> HttpResponse:
    try:
        url = open_portal(request.subscription_holder, by=request.user)
    except BillingError as error:
        logger.log(error.log_level, "Portal of %s failed: %r", request.subscription_holder.pk, error)
        return to_tab(request, str(error.customer_text))
    return go(request, url)


def to_tab(request: HttpRequest, text: str, *, page: str = "tab") -> HttpResponse:
    """Back to the Subscription tab, or another page of it, with a sentence that says why."""
    messages.error(request, text)
    return go(request, billing_url(page, request.subscription_holder))


def _try(request: HttpRequest, call: Callable[[], object]) -> bool:
    try:
        call()
    except BillingError as error:
        logger.log(error.log_level, "Billing of %s failed: %r", request.subscription_holder.pk, error)
        messages.error(request, str(error.customer_text))
        return False
    return True


def go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that htmx takes for the whole page: it would follow one to Stripe by XHR and fail."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
