"""`python -m bench.events.plain.prepare FILE`: tables, the endpoint, what the events are about."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import django

django.setup()

import stripe  # noqa: E402 - Django comes first
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from djstripe.models import Subscription, WebhookEndpoint  # noqa: E402

from bench.events import ENDPOINT_ID  # noqa: E402


def main(file: Path) -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)
    WebhookEndpoint.objects.create(
        id="we_bench",
        url="https://example.com/",
        secret=os.environ["DJSTRIPE_WEBHOOK_SECRET"],
        djstripe_uuid=ENDPOINT_ID,
        enabled_events=["*"],
        livemode=False,
    )
    key = settings.STRIPE_TEST_SECRET_KEY
    for event in json.loads(file.read_text()):
        known = stripe.Subscription.retrieve(
            event["data"]["object"]["id"], api_key=key, stripe_version=settings.STRIPE_API_VERSION
        )
        Subscription.sync_from_stripe_data(known, api_key=key)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
