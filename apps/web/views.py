from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from apps.subscriptions.pricing import pricing_for


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "web/landing.html", {"pricing": pricing_for(None, None)})


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here for pages that name no icon: the admin's, Django's own errors."""
    return redirect(static("img/mark.svg"))
