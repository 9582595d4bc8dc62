"""Seats: what more of them cost, and why there are as many as there are."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from apps.core.htmx import wants_fragment
from apps.core.limits import limited
from apps.core.spreadsheets import csv_answer
from apps.subscriptions.decorators import billing_permission_required, holder_required
from apps.subscriptions.errors import BillingError, StripeRefused
from apps.subscriptions.holders import holder_model
from apps.subscriptions.services.seats.export import ledger_as_csv
from apps.subscriptions.services.seats.preview import preview_seats
from apps.subscriptions.tab.seat_cost import seat_cost
from apps.subscriptions.tab.seat_ledger import ledger_page
from apps.teams.forms.inviting import InviteForm
from apps.teams.models import Team
from apps.teams.roles import Permission, Role
from apps.teams.seats import seats_left, seats_of
from apps.teams.wishes import InviteOutcome, Wish, decide

logger = logging.getLogger(__name__)

MOST = 10_000


@require_safe
@billing_permission_required
def ledger(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """Who came and went, who did it, and what Stripe was told."""
    holder = request.subscription_holder
    seats = ledger_page(
        holder, request.entitlements.subscription, request.GET.get("page"), holder.quantity_shown()
    )
    return render(request, "subscriptions/seats.html", {"holder": holder, "ledger": seats})


@require_safe
@billing_permission_required
@never_cache
def export(request: HttpRequest, team_slug: str | None = None) -> HttpResponseBase:
    """All of it, streamed."""
    holder = request.subscription_holder
    pieces = ledger_as_csv(holder) if request.method == "GET" else []
    name = "-".join(filter(None, ["seats", getattr(holder, "slug", ""), timezone.now().date().isoformat()]))
    return csv_answer(name, pieces)


@require_http_methods(["GET", "HEAD", "POST"])
@holder_required
@never_cache
@vary_on_headers("HX-Request")
@limited("ask_stripe", "GET", "POST")
def preview(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """What the people in the invite form would cost, or `added` of them. Makes nothing, stops nobody.

    A fragment for htmx; else a page of its own with the form to send. Not there where teams do not pay.
    """
    if holder_model() is not Team:
        raise Http404
    if not request.membership.allows(Permission.MANAGE_MEMBERS):
        raise PermissionDenied
    context = _asked(request)
    if request.method != "HEAD":
        context |= _cost(request, context["added"])
    template = "subscriptions/seat_preview.html" + ("#cost" if wants_fragment(request) else "")
    return render(request, template, context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """How many would be invited, and how many find no room any more."""
    given = request.POST if request.method == "POST" else request.GET
    seats = seats_of(request.team, pending=request.membership.seats_pending)
    context = {"team": request.team, "holder": request.subscription_holder, "seats": seats}
    if "added" in given:
        return context | _fitting(request, _number(given["added"]))
    form = InviteForm(given, roles=Role(request.membership.role).grantable)
    return context | {"form": form} | _fitting_of(request, form)


def _fitting(request: HttpRequest, wanted: int) -> dict[str, Any]:
    left = seats_left(request.team, inviting=True)
    added = wanted if left is None else min(wanted, left)
    return {"added": added, "without_room": wanted - added}


def _fitting_of(request: HttpRequest, form: InviteForm) -> dict[str, Any]:
    if not form.is_valid():
        return {"added": 0, "without_room": 0}
    role = Role(form.cleaned_data["role"])
    wishes = [Wish(email, role) for email in form.cleaned_data["emails"]]
    grantable = Role(request.membership.role).grantable
    results = decide(request.team, wishes, by=request.user, grantable=grantable)
    outcomes = [result.outcome for result in results]
    return {
        "added": outcomes.count(InviteOutcome.SENT),
        "without_room": outcomes.count(InviteOutcome.TEAM_FULL),
    }


def _number(text: str) -> int:
    """Of what cannot be a number of people: none."""
    try:
        return max(0, min(int(text), MOST))
    except ValueError:
        return 0


def _cost(request: HttpRequest, added: int) -> dict[str, Any]:
    if not added:
        return {}
    try:
        return {"cost": seat_cost(preview_seats(request.subscription_holder, added))}
    except BillingError as error:
        logger.warning("No preview of seats of %s: %r", request.subscription_holder.pk, error)
        return {"failed": _why(error)}


def _why(error: BillingError) -> str:
    if isinstance(error, StripeRefused) and error.code == "customer_tax_location_invalid":
        return _("Stripe needs an address to work out the tax. Add it under Manage payment.")
    return _("We cannot ask Stripe for the price right now.")
