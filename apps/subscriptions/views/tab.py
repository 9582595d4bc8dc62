from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.core.htmx import wants_fragment
from apps.core.redirects import is_safe_next
from apps.subscriptions.decorators import holder_required, may_manage_billing
from apps.subscriptions.holders import holder_model
from apps.subscriptions.pricing import pricing_for
from apps.subscriptions.tab import invoice_lines, subscription_view
from apps.teams.models import Team
from apps.teams.roles import Permission
from apps.teams.selectors import people_with


@require_safe
@holder_required
@vary_on_headers("HX-Request")
def tab(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    template = "subscriptions/tab.html" + ("#plans" if wants_fragment(request) else "")
    return render(request, template, _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    holder = request.subscription_holder
    may_manage = may_manage_billing(request)
    view = subscription_view(request.entitlements)
    seats = request.GET.get("seats") or holder.get_quantity()
    next_url = request.GET.get("next", "")
    return {
        "holder": holder,
        "may_manage": may_manage,
        "next_url": next_url if is_safe_next(request, next_url) else "",
        "prompt": bool(next_url),
        "billing_people": [] if may_manage else _billing_people(holder),
        "view": view,
        "pricing": None
        if view
        else pricing_for(request.GET.get("interval"), seats, holder=holder, may_buy=may_manage),
        "invoices": list(invoice_lines(holder)) if may_manage else [],
        "seat_changes": list(holder.seat_changes.all()[:10]),
    }


def _billing_people(holder: Any) -> list[Any]:
    """Whom a member can ask."""
    return people_with(holder, Permission.MANAGE_BILLING) if holder_model() is Team else []
