"""`python -m bench.events.templates FILE TURN`: each subscription changes at Stripe; its events."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

import stripe  # noqa: E402 - Django comes first
from django.conf import settings  # noqa: E402

from apps.subscriptions.models import Subscription  # noqa: E402

TYPE = "customer.subscription.updated"


def main(file: Path, turn: str) -> None:
    key: Any = {"api_key": settings.STRIPE_TEST_SECRET_KEY, "stripe_version": settings.STRIPE_API_VERSION}
    ids = list(Subscription.objects.order_by("pk").values_list("stripe_id", flat=True))
    for id_ in ids:
        stripe.Subscription.modify(id_, metadata={"turn": turn}, **key)
    newest: dict[str, dict[str, Any]] = {}
    for event in stripe.Event.list(type=TYPE, limit=100, **key).auto_paging_iter():
        newest.setdefault(event.data.object["id"], event.to_dict())
    file.write_text(json.dumps([newest[id_] for id_ in ids]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
