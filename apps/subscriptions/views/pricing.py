from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.core.htmx import wants_fragment
from apps.core.visitor_pages import same_for_visitors
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.holders import holder_model
from apps.subscriptions.pricing import compared, pricing_for
from apps.teams.roles import Permission
from apps.teams.selectors import memberships_of
from apps.users.models import CustomUser


@require_safe
@vary_on_headers("HX-Request")
@same_for_visitors
def pricing(request: HttpRequest) -> HttpResponse:
    """Public. Who signed in and has one team (or is the holder) sees their own offer and can buy at once."""
    template = "subscriptions/pricing.html" + ("#plans" if wants_fragment(request) else "")
    asked = (request.GET.get(name) for name in ("interval", "seats", "currency"))
    context = {"pricing": pricing_for(*asked, **_buyer(request)), "lines": compared()}
    return render(request, template, context)


def _buyer(request: HttpRequest) -> dict[str, Any]:
    if not request.user.is_authenticated:
        return {}
    holder, may_buy, has_team = _holder(request.user)
    row = entitlements_for(holder).subscription if holder else None
    return {
        "holder": holder,
        "may_buy": may_buy,
        "subscription": row if row and not row.is_over else None,
        "is_signed_in": True,
        "has_team": has_team,
    }


def _holder(user: Any) -> tuple[Any, bool, bool]:
    """The holder a purchase would be for, if there is no doubt; whether the person may buy for it; whether
    there is a team to buy for at all.
    """
    if holder_model() is CustomUser:
        return user, True, True
    memberships = list(memberships_of(user)[:2])
    if len(memberships) != 1:
        return None, False, bool(memberships)
    return memberships[0].team, memberships[0].allows(Permission.MANAGE_BILLING), True
