"""Events made by hand, signed and posted."""

from __future__ import annotations

import json
import time

from django.test import Client

from apps.subscriptions.tests.conftest import CommittingClient
from stripe_sandbox.delivery import signature


def post(
    body: bytes | dict, secret: str, *, at: float | None = None, client: Client | None = None, **headers: str
):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = int(at or time.time())
    return (client or CommittingClient()).post(
        "/stripe/webhook/",
        raw,
        content_type="application/json",
        headers={"Stripe-Signature": signature(secret, raw, stamp), **headers},
    )


def event(type_: str = "customer.subscription.updated", customer: str = "cus_foreign", **changes) -> dict:
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-08-26.dahlia",
        "created": int(time.time()),
        "livemode": False,
        "type": type_,
        "data": {"object": {"id": "sub_foreign", "object": "subscription", "customer": customer}},
        **changes,
    }
