from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.subscriptions.decorators import may_manage_billing
from apps.subscriptions.pricing import pricing_for
from apps.subscriptions.tab import subscription_view
from apps.subscriptions.tab.banners import Reader, home_banner
from apps.teams.decorators import team_member_required
from apps.teams.roles import Permission
from apps.teams.seats import seats_of
from apps.web.dashboard import limits_of, onboarding, recent_activity
from apps.web.seat_chart import seat_chart


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "web/landing.html", {"pricing": pricing_for(None, None)})


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    address = settings.CONTACT_EMAIL
    return render(request, "web/contact.html", {"address": address, "mailto": f"mailto:{address}"})


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "web/terms.html", {"address": settings.CONTACT_EMAIL})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "web/privacy.html", {"address": settings.CONTACT_EMAIL})


@team_member_required
@require_safe
def dashboard(request: HttpRequest, team_slug: str) -> HttpResponse:
    seats = seats_of(request.team)
    view = subscription_view(request.entitlements)
    may_manage = may_manage_billing(request)
    context = {
        "seats": seats,
        "steps": onboarding(request.membership, seats, request.entitlements),
        "limits": limits_of(request.entitlements),
        "view": view,
        "banner": home_banner(view, Reader(request.team, may_manage)),
        "bars": seat_chart(request.team),
        "activity": recent_activity(request.team),
        "can_invite": request.membership.allows(Permission.MANAGE_MEMBERS),
        "may_manage_billing": may_manage,
    }
    return render(request, "web/dashboard.html", context)
