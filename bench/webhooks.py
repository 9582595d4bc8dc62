"""Our inbox beside dj-stripe's own view: the same events, database and Stripe."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client
from djstripe import event_handlers
from djstripe.models import WebhookEndpoint

from apps.subscriptions import inbox, mirror
from apps.subscriptions.tasks import process_events
from bench.runner import Runner
from bench.shop import WEBHOOK, Shop
from bench.urls import WEBHOOK_ID
from stripe_sandbox.delivery import Signed

OURS, THEIRS = "/stripe/webhook/", f"/bench/djstripe/webhook/{WEBHOOK_ID}/"


def run(runner: Runner, shop: Shop) -> None:
    runner.heading("Webhooks: customer.subscription.updated of a known subscription")
    with builtin_receivers(shop.secret):
        one = runner.measure(
            "dj-stripe's view, one event", lambda news: post(THEIRS, [news]), prepare=lambda: (shop.news(),)
        )
        ten = runner.measure(
            "dj-stripe's view, ten of one customer",
            lambda news: post(THEIRS, news),
            prepare=lambda: (many(shop),),
        )
    runner.measure(
        "our view: stored, queued, answered",
        lambda news: post(OURS, [news]),
        prepare=lambda: (shop.news(),),
        beside=one,
    )
    list(inbox.work_all())
    runner.measure("our task: worked", work, prepare=lambda: stored(shop, [shop.news()]), beside=one)
    runner.measure("our view and task, one event", receive, prepare=lambda: ([shop.news()],), beside=one)
    runner.measure(
        "our view and task, ten of one customer", receive, prepare=lambda: (many(shop),), beside=ten
    )


def many(shop: Shop) -> list[Signed]:
    return [shop.news() for _ in range(10)]


def post(path: str, news: list[Signed]) -> None:
    for signed in news:
        headers = {name: value for name, value in signed.headers.items() if name != "Content-Type"}
        answer = Client().post(path, signed.body, content_type="application/json", headers=headers)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.content!r}"


def stored(shop: Shop, news: list[Signed]) -> tuple[str, str]:
    """Posted, so that the task finds it; answers the task's arguments."""
    post(OURS, news)
    return shop.subscription.stripe_customer_id, news[0].event["id"]


def work(customer_id: str, event_id: str) -> None:
    process_events(customer_id, event_id)


def receive(news: list[Signed]) -> None:
    """As with a worker that was busy for a moment: all are stored before the first is worked."""
    post(OURS, news)
    event: dict[str, Any] = news[0].event
    work(event["data"]["object"]["customer"], event["id"])


@contextmanager
def builtin_receivers(secret: str) -> Iterator[None]:
    """dj-stripe as its documentation sets it up: an endpoint's row, and its own receivers connected."""
    WebhookEndpoint.objects.create(
        id="we_bench",
        url=WEBHOOK,
        secret=secret,
        djstripe_uuid=WEBHOOK_ID,
        enabled_events=["*"],
        livemode=False,
    )
    importlib.reload(event_handlers)  # its decorators connect them
    try:
        yield
    finally:
        mirror.take_off_builtin_receivers()
        WebhookEndpoint.objects.filter(id="we_bench").delete()
