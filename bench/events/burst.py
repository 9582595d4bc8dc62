"""`python -m bench.events.burst FILE RESULT`: the events of FILE come all at once; when were they worked?

They are in inbox and queue when the workers begin: as after a moment in which none was there.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from apps.core.tasks import enqueue  # noqa: E402 - Django comes first
from apps.subscriptions import inbox  # noqa: E402
from apps.subscriptions.models import WebhookEvent  # noqa: E402
from apps.subscriptions.tasks import process_events  # noqa: E402
from config.celery import app  # noqa: E402

LONGEST = 300


def main(file: Path, result: Path) -> None:
    app.control.cancel_consumer("events", reply=True)
    for event in json.loads(file.read_text()):
        inbox.store(event)
        enqueue(process_events, inbox.customer_of(event), event["id"])
    began = time.perf_counter()
    app.control.add_consumer("events", reply=True)
    waiting = WebhookEvent.objects.filter(processed_at=None)
    while waiting.exists() and time.perf_counter() - began < LONGEST:
        time.sleep(0.05)  # not oftener: looking takes the workers' time
    seconds = time.perf_counter() - began
    _wait_for_empty_queue()
    failed = WebhookEvent.objects.exclude(error="").count() + waiting.count()
    result.write_text(json.dumps({"seconds": seconds, "errors": failed}))


def _wait_for_empty_queue() -> None:
    """What is left finds nothing to do, but would take time from whoever is measured next."""
    with app.connection_for_read() as broker:
        while broker.default_channel.queue_declare("events").message_count:
            time.sleep(0.1)
    time.sleep(0.5)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
