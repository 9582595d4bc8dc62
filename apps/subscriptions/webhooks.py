"""Where Stripe's events arrive. The view stores and answers; the work is done by `tasks.process_events`."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.core.limits import TooOften, spend
from apps.core.prepared_task import PreparedTask
from apps.core.tasks import enqueue
from apps.subscriptions import gateway, inbox
from apps.subscriptions.errors import InvalidSignature
from apps.subscriptions.gateway import Json
from apps.subscriptions.stripe_values import storable
from apps.subscriptions.tasks import process_events

logger = logging.getLogger(__name__)

UNSTORABLE = re.compile(rb"\\u(0000|d[89a-f])", re.IGNORECASE)
WORK = PreparedTask(process_events)
LATEST = 253_402_300_799  # the last second of the year 9999


@csrf_exempt
@require_POST
@transaction.non_atomic_requests
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """2xx once the event is stored. 400: not signed by Stripe, or not an event. 503: no secret configured."""
    if not secrets():
        logger.error("DJSTRIPE_WEBHOOK_SECRET is not set: events are refused until it is")
        return HttpResponse("DJSTRIPE_WEBHOOK_SECRET is not set", status=503, content_type="text/plain")
    try:
        event = _verified_event(request)
    except UnreadablePostError:
        logger.warning("A webhook broke off before its end")
        return HttpResponse("The body did not arrive", status=400, content_type="text/plain")
    except (InvalidSignature, ValueError) as error:
        return _refused(request, error)
    if event["livemode"] != settings.STRIPE_LIVE_MODE:
        logger.warning("Ignored %s: livemode is %s here", event["id"], settings.STRIPE_LIVE_MODE)
        return HttpResponse("Other mode, ignored")
    if event.get("account"):
        logger.warning("Ignored %s: it is about the connected account %s", event["id"], event["account"])
        return HttpResponse("Connected account, ignored")
    inbox.store(event)
    enqueue(WORK, inbox.customer_of(event), event["id"])
    return HttpResponse("Stored")


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """Who sends many without a signature is told to wait. What Stripe has signed is never counted."""
    try:
        if isinstance(error, InvalidSignature):
            spend(request, "bad_signature")
    except TooOften as often:
        headers = {"Retry-After": str(often.retry_after)}
        return HttpResponse(
            "Too many unsigned events", status=429, content_type="text/plain", headers=headers
        )
    logger.warning("Refused a webhook: %s", error or "not signed by Stripe")
    return HttpResponse("Not a signed Stripe event", status=400, content_type="text/plain")


def secrets() -> list[str]:
    """The signing secrets that count: several while one is rotated."""
    return [secret.strip() for secret in settings.DJSTRIPE_WEBHOOK_SECRET.split(",") if secret.strip()]


def _verified_event(request: HttpRequest) -> Json:
    """Raises InvalidSignature, or ValueError when what was signed is no event."""
    header = request.headers.get("Stripe-Signature", "")
    gateway.verify_signature(request.body, header, secrets())
    try:
        event = json.loads(request.body)
    except RecursionError as error:
        raise ValueError("signed, but nested too deep") from error
    if not _is_event(event):
        raise ValueError("signed, but not an event")
    return storable(event) if UNSTORABLE.search(request.body) else event


def _is_event(event: Any) -> bool:
    if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
        return False
    named = all(isinstance(event.get(key), str) and 0 < len(event[key]) <= 100 for key in ("id", "type"))
    created = event.get("created", 0)
    dated = isinstance(created, int) and 0 <= created <= LATEST
    return named and dated and "livemode" in event and isinstance(event["data"].get("object"), dict)
