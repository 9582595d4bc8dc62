"""`python -m bench.events.plain.work FILE`: works each event of FILE by dj-stripe's `Event.process`.

It says when it is ready, waits for a word, and says as JSON when it was done and how many failed.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django comes first
from djstripe.models import Event  # noqa: E402


def main(file: Path) -> None:
    events, errors = json.loads(file.read_text()), 0
    warm, *events = events
    Event.process(warm, api_key=settings.STRIPE_TEST_SECRET_KEY)
    print("ready", flush=True)
    sys.stdin.readline()
    for event in events:
        try:
            Event.process(event, api_key=settings.STRIPE_TEST_SECRET_KEY)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            errors += 1
            print(repr(error), file=sys.stderr)
    print(json.dumps({"done": time.time(), "errors": errors}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
