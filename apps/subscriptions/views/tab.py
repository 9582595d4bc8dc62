from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from apps.core.htmx import wants_fragment
from apps.core.redirects import is_safe_next
from apps.subscriptions import needs
from apps.subscriptions.decorators import holder_required, may_manage_billing
from apps.subscriptions.holders import billing_url, holder_model
from apps.subscriptions.pricing import pricing_for
from apps.subscriptions.prompts import Prompt, prompt_for
from apps.subscriptions.tab import subscription_view
from apps.subscriptions.tab.banners import Banner, Reader, banners_for, comp_banner
from apps.subscriptions.tab.invoices import invoice_page
from apps.subscriptions.tab.seat_ledger import newest_lines
from apps.teams.models import Team
from apps.teams.roles import Permission
from apps.teams.selectors import people_with

FRAGMENTS = {"plans": "subscriptions/tab.html#plans", "invoices": "subscriptions/_invoices.html"}


@require_safe
@holder_required
@vary_on_headers("HX-Request", "HX-Target")
def tab(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    template, context = _template(request), _context(request)
    if template == FRAGMENTS["plans"] and context["view"]:
        return HttpResponseClientRefresh()  # somebody chose one meanwhile: there are no plans to choose from
    return render(request, template, context)


def _template(request: HttpRequest) -> str:
    """The part of the page that htmx is going to swap, or all of it."""
    if not wants_fragment(request):
        return "subscriptions/tab.html"
    return FRAGMENTS.get(request.htmx.target or "", FRAGMENTS["plans"])


def _context(request: HttpRequest) -> dict[str, Any]:
    holder = request.subscription_holder
    may_manage = may_manage_billing(request)
    view = subscription_view(request.entitlements)
    next_url = request.GET.get("next", "")
    seats_taken = holder.quantity_shown()
    context = {
        "holder": holder,
        "tab_url": billing_url("tab", holder),
        "may_manage": may_manage,
        "seats_taken": seats_taken,
        "headcount": seats_taken if holder_model() is Team else 0,
        "next_url": next_url if is_safe_next(request, next_url) else "",
        "prompt": _prompt(request),
        "billing_people": [] if may_manage else _billing_people(holder),
        "view": view,
        "invoices": invoice_page(holder, request.GET.get("invoices")) if may_manage else None,
    }
    context["banners"] = _banners(request, context)
    return context | (_offer(request, context) if view is None else _history(request, seats_taken))


def _prompt(request: HttpRequest) -> Prompt | None:
    """For somebody whom a closed gate sent here."""
    if "next" not in request.GET:
        return None
    return prompt_for(request.entitlements, needs.from_text(request.GET.get("needs", "")))


def _banners(request: HttpRequest, context: dict[str, Any]) -> list[Banner]:
    comp, view = request.entitlements.comp, context["view"]
    given = [comp_banner(comp, beside=view is not None)] if comp else []
    if view is None:
        return given
    people = tuple(person.name or person.email for person in context["billing_people"])
    reader = Reader(context["holder"], context["may_manage"], context["seats_taken"], people)
    return [*given, *banners_for(view, reader)]


def _offer(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """For a holder without a subscription: what there is to choose."""
    seats = request.GET.get("seats") or context["seats_taken"]
    pricing = pricing_for(
        request.GET.get("interval"),
        seats,
        request.GET.get("currency"),
        holder=context["holder"],
        may_buy=context["may_manage"],
        seats_taken=context["seats_taken"],
        is_signed_in=True,
    )
    return {"pricing": pricing}


def _history(request: HttpRequest, seats_taken: int) -> dict[str, Any]:
    """Why somebody pays for as many seats as they do."""
    holder, row = request.subscription_holder, request.entitlements.subscription
    return {"ledger": newest_lines(holder, row, seats_taken)}


def _billing_people(holder: Any) -> list[Any]:
    """Whom a member can ask."""
    return people_with(holder, Permission.MANAGE_BILLING) if holder_model() is Team else []
