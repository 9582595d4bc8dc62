from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.visitor_pages import same_for_visitors
from apps.subscriptions.pricing import pricing_for


@require_safe
@same_for_visitors
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "web/landing.html", {"pricing": pricing_for(None, None)})


@require_safe
@same_for_visitors
def contact(request: HttpRequest) -> HttpResponse:
    address = settings.CONTACT_EMAIL
    return render(request, "web/contact.html", {"address": address, "mailto": f"mailto:{address}"})


@require_safe
@same_for_visitors
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "web/terms.html", {"address": settings.CONTACT_EMAIL})


@require_safe
@same_for_visitors
def privacy(request: HttpRequest) -> HttpResponse:
    context = {
        "address": settings.CONTACT_EMAIL,
        "export_days": settings.DATA_EXPORT_DAYS,
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "web/privacy.html", context)
