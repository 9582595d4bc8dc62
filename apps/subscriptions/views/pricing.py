from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.core.htmx import wants_fragment
from apps.subscriptions.pricing import pricing_for


@require_safe
@vary_on_headers("HX-Request")
def pricing(request: HttpRequest) -> HttpResponse:
    template = "subscriptions/pricing.html" + ("#plans" if wants_fragment(request) else "")
    offer = pricing_for(request.GET.get("interval"), request.GET.get("seats"))
    return render(request, template, {"pricing": offer})
