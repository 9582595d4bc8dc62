"""`python -m load.verdict DELIVERIES FILE`: waits until nothing is left to do, then asks: is it true?

What was sent is asked of the sandbox, what was counted of the memberships: our rows have to agree with both.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

import redis  # noqa: E402 - Django comes first
import requests  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.subscriptions.models import Notice, SeatChange, SeatSync, Subscription, WebhookEvent  # noqa: E402
from apps.subscriptions.services import seats  # noqa: E402
from apps.teams.models import Invitation, Team  # noqa: E402

PATIENCE = 90.0  # seconds until all has to be quiet
QUIET = 6.0  # longer than a task waits for a quiet moment
NONE_BUT_COUNT = 10**9  # a log that is asked for what came after so many says only how long it is


def main(deliveries: Path, file: Path) -> None:
    """`deliveries`: what the sandbox had sent until then, and when the run began."""
    asked = time.monotonic()
    found: dict[str, Any] = {
        "unfinished": _wait_until_quiet(),
        "settled_after": round(time.monotonic() - asked, 1),
    }
    known = json.loads(deliveries.read_text())
    sent, began = _sent(known), datetime.fromtimestamp(known["began"], UTC)
    found["wrong"] = [*_events(sent), *_seats(), *_mails()]
    found["counted"] = _counted(sent, began)
    found["delays"] = _delays(began)
    file.write_text(json.dumps(found))


# --- quiet? ---------------------------------------------------------------------------------------------


def _wait_until_quiet() -> dict[str, int]:
    """What is still open when the patience is over; empty if nothing is."""
    deadline = time.monotonic() + PATIENCE
    quiet_since = None
    while time.monotonic() < deadline:
        unfinished = {name: count for name, look in OPEN.items() if (count := look())}
        if unfinished:
            quiet_since = None
        elif quiet_since is None:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > QUIET:
            return {}
        time.sleep(0.5)
    return {name: count for name, look in OPEN.items() if (count := look())}


def _queue() -> int:
    broker = redis.Redis.from_url(settings.REDIS_URL)
    waiting = [int(broker.llen(queue.name)) for queue in settings.CELERY_TASK_QUEUES]
    return sum(waiting) + int(broker.hlen("unacked"))


OPEN: dict[str, Callable[[], int]] = {
    "deliveries on their way": lambda: int(_ask(f"deliveries?since={NONE_BUT_COUNT}")["waiting"]),
    "tasks in the queue": _queue,
    "events in the inbox": lambda: WebhookEvent.objects.filter(processed_at=None).count(),
    "teams whose seats Stripe has not heard of": lambda: seats.holders_to_sync().count(),
    "calls about seats under way": lambda: SeatSync.objects.filter(told_at=None).count(),
}


# --- true? ----------------------------------------------------------------------------------------------


def _events(sent: dict[str, list[int | None]]) -> Iterable[str]:
    """Each event that was sent is stored, once, and worked."""
    stored = set(WebhookEvent.objects.values_list("event_id", flat=True))
    if lost := set(sent) - stored:
        yield f"{len(lost)} events were sent and are not stored: {sorted(lost)[:3]}"
    if foreign := stored - set(sent):
        yield f"{len(foreign)} events are stored that were never sent: {sorted(foreign)[:3]}"
    if failed := WebhookEvent.objects.exclude(failed_at=None).count():
        yield f"{failed} events were given up"
    if tried_again := WebhookEvent.objects.filter(attempts__gt=1).exclude(error="").count():
        yield f"{tried_again} events failed at least once: {_an_error()}"
    refused = [status for answers in sent.values() for status in answers if status != 200]
    if refused:
        yield f"{len(refused)} deliveries were answered with {sorted(map(str, set(refused)))}"


def _an_error() -> str:
    text = WebhookEvent.objects.exclude(error="").values_list("error", flat=True).first() or ""
    return text.strip().splitlines()[-1] if text else ""


def _seats() -> Iterable[str]:
    """Stripe, our row and the count agree for every team."""
    for row in Subscription.objects.filter(is_current=True).select_related("holder"):
        counted = row.holder.get_quantity()
        at_stripe = _ask(f"objects/{row.stripe_id}")["items"]["data"][0]["quantity"]
        if not counted == row.quantity == at_stripe:
            yield f"{row.holder}: {counted} members, {row.quantity} in our row, {at_stripe} at Stripe"
    if Subscription.objects.filter(is_current=True).count() != Team.objects.count():
        yield "A team has lost its subscription"
    for team in Team.objects.all():
        last = SeatChange.objects.filter(holder=team).first()
        if last is not None and last.after != team.get_quantity():
            yield f"{team}: the ledger ends with {last.after}, there are {team.get_quantity()}"


def _mails() -> Iterable[str]:
    offers = Invitation.all_teams.filter(accepted_at=None, declined_at=None, revoked_at=None)
    if waiting := offers.filter(mail_sent_at=None).count():
        yield f"{waiting} invitations have not left"
    if unsent := Notice.objects.filter(sent_at=None, due_at__lte=timezone.now()).count():
        yield f"{unsent} notices have not left"


def _sent(known: dict[str, Any]) -> dict[str, list[int | None]]:
    """With what was still on its way then."""
    sent: dict[str, list[int | None]] = known["sent"]
    for entry in _ask(f"deliveries?since={known['last']}")["deliveries"]:
        sent.setdefault(entry["event"], []).append(entry["status"])
    return sent


# --- how much, how long? --------------------------------------------------------------------------------


def _counted(sent: dict[str, list[int | None]], began: datetime) -> dict[str, int]:
    return {
        "events": len(sent),
        "deliveries": sum(map(len, sent.values())),
        "people who came or went": SeatChange.objects.filter(at__gte=began).count(),
        "quantities told to Stripe": SeatSync.objects.filter(at__gte=began).count(),
        "invitations": Invitation.all_teams.count(),
        "teams": Team.objects.count(),
        "requests to Stripe": int(_ask(f"requests?since={NONE_BUT_COUNT}")["last"]),
    }


def _delays(began: datetime) -> dict[str, list[float]]:
    """Seconds, 50th, 95th and 99th percentile and the longest."""
    events = WebhookEvent.objects.exclude(processed_at=None)
    worked = events.values_list(F("processed_at") - F("received_at"), flat=True)
    changed = dict(SeatChange.objects.filter(at__gte=began).values_list("pk", "at"))
    syncs = SeatSync.objects.filter(covers_changes_to__in=changed)
    told = [sync.told_at - changed[sync.covers_changes_to] for sync in syncs if sync.told_at]
    return {
        "event received -> worked": _percentiles(worked),
        "last of some seats -> told": _percentiles(told),
    }


def _percentiles(times: Iterable[timedelta]) -> list[float]:
    found = sorted(time.total_seconds() for time in times)
    if not found:
        return []
    ranks = [found[max(0, math.ceil(len(found) * part) - 1)] for part in (0.5, 0.95, 0.99)]
    return [round(seconds, 2) for seconds in [*ranks, found[-1]]]


def _ask(path: str) -> dict[str, Any]:
    answer = requests.get(f"{settings.STRIPE_API_HOST}/_sandbox/{path}", timeout=60)
    answer.raise_for_status()
    return dict(answer.json())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
