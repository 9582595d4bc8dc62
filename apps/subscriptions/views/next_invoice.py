from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.core.htmx import wants_fragment
from apps.core.limits import limited
from apps.subscriptions.decorators import billing_permission_required
from apps.subscriptions.errors import BillingError, StripeRefused
from apps.subscriptions.tab.next_invoice import next_invoice

logger = logging.getLogger(__name__)


@require_safe
@billing_permission_required
@never_cache
@vary_on_headers("HX-Request")
@limited("ask_stripe", "GET")
def show(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """The tab fetches it as a fragment; without JavaScript it is a page of its own."""
    if request.method == "HEAD":  # nobody reads the figures: Stripe is not asked for them
        return HttpResponse()
    holder, row = request.subscription_holder, request.entitlements.subscription
    context = {"holder": holder, "row": row, "invoice": None, "failed": "", "brief": _is_brief(request)}
    try:
        context["invoice"] = next_invoice(holder, row)
    except BillingError as error:
        logger.warning("No preview of the next invoice of %s: %r", holder.pk, error)
        context["failed"] = _why(error)
    template = "subscriptions/next_invoice.html" + ("#invoice" if wants_fragment(request) else "")
    return render(request, template, context)


def _is_brief(request: HttpRequest) -> bool:
    """The home page fetches the sum alone; the page of its own always has all of it."""
    return wants_fragment(request) and "brief" in request.GET


def _why(error: BillingError) -> str:
    if isinstance(error, StripeRefused) and error.code == "customer_tax_location_invalid":
        return _("Stripe needs an address to work out the tax. Add it under Manage payment.")
    if isinstance(error, StripeRefused):
        return _("Stripe cannot work out the next invoice at the moment.")
    return _("We cannot ask Stripe right now.")
