from __future__ import annotations

import json
import os

import stripe
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from bench.events.plain.models import Stored

SECRET = os.environ["DJSTRIPE_WEBHOOK_SECRET"]


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """The signature, one row, the answer."""
    stripe.WebhookSignature.verify_header(
        request.body.decode(), request.headers["Stripe-Signature"], SECRET, tolerance=300
    )
    event = json.loads(request.body)
    Stored.objects.create(event_id=event["id"], payload=event)
    return HttpResponse("Stored")


urlpatterns = [path("bare/", bare), path("djstripe/", include("djstripe.urls"))]
