from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.core.htmx import wants_fragment
from apps.subscriptions.decorators import billing_permission_required
from apps.subscriptions.errors import BillingError
from apps.subscriptions.tab.next_invoice import next_invoice

logger = logging.getLogger(__name__)


@require_safe
@billing_permission_required
@never_cache
@vary_on_headers("HX-Request")
def show(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """The tab fetches it as a fragment; without JavaScript it is a page of its own."""
    holder, row = request.subscription_holder, request.entitlements.subscription
    context = {"holder": holder, "row": row, "invoice": None, "failed": False}
    try:
        context["invoice"] = next_invoice(holder, row)
    except BillingError as error:
        logger.warning("No preview of the next invoice of %s: %r", holder.pk, error)
        context["failed"] = True
    template = "subscriptions/next_invoice.html" + ("#invoice" if wants_fragment(request) else "")
    return render(request, template, context)
