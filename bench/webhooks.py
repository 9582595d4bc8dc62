"""Our inbox beside dj-stripe's own view: the same events, database and Stripe."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client
from djstripe import event_handlers
from djstripe.models import WebhookEndpoint
from djstripe.signals import WEBHOOK_SIGNALS

from apps.subscriptions import inbox
from apps.subscriptions.tasks import process_events
from bench.runner import Runner
from bench.shop import WEBHOOK, Shop
from bench.urls import WEBHOOK_ID
from stripe_sandbox.delivery import Signed

OURS, THEIRS = "/stripe/webhook/", f"/bench/djstripe/webhook/{WEBHOOK_ID}/"


def run(runner: Runner, shop: Shop) -> None:
    runner.heading("Webhooks: customer.subscription.updated of a known subscription")
    switch = Receivers()
    with endpoint_of_djstripe(shop.secret), switch:

        def theirs(number: int) -> tuple[list[Signed]]:
            switch.on()
            return (news(shop, number),)

        def ours(number: int) -> tuple[list[Signed]]:
            switch.off()
            return (news(shop, number),)

        one = runner.measure("dj-stripe's view, one event", post_theirs, prepare=lambda: theirs(1))
        ten = runner.measure("dj-stripe's view, ten of one customer", post_theirs, prepare=lambda: theirs(10))
        runner.measure("our view: stored, queued, answered", post_ours, prepare=lambda: ours(1), beside=one)
        switch.off()
        list(inbox.work_all())
        runner.measure("our task: worked", work, prepare=lambda: stored(shop, *ours(1)), beside=one)
        runner.measure("our view and task, one event", receive, prepare=lambda: ours(1), beside=one)
        runner.measure(
            "our view and task, ten of one customer", receive, prepare=lambda: ours(10), beside=ten
        )


def news(shop: Shop, number: int) -> list[Signed]:
    return [shop.news() for _ in range(number)]


def post_theirs(news: list[Signed]) -> None:
    post(THEIRS, news)


def post_ours(news: list[Signed]) -> None:
    post(OURS, news)


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
def endpoint_of_djstripe(secret: str) -> Iterator[None]:
    """As dj-stripe's documentation sets it up: the row its view looks for."""
    endpoint = WebhookEndpoint.objects.create(
        id="we_bench",
        url=WEBHOOK,
        secret=secret,
        djstripe_uuid=WEBHOOK_ID,
        enabled_events=["*"],
        livemode=False,
    )
    try:
        yield
    finally:
        endpoint.delete()


class Receivers:
    """dj-stripe's own receivers, which the product takes off: on for its view, off for ours."""

    def __enter__(self) -> None:
        self.without = {signal: list(signal.receivers) for signal in WEBHOOK_SIGNALS.values()}
        importlib.reload(event_handlers)  # its decorators connect them
        self.with_them = {signal: list(signal.receivers) for signal in WEBHOOK_SIGNALS.values()}

    def __exit__(self, *error: object) -> None:
        self.off()

    def on(self) -> None:
        self._set(self.with_them)

    def off(self) -> None:
        self._set(self.without)

    def _set(self, connected: dict[Any, list[Any]]) -> None:
        for signal, receivers in connected.items():
            signal.receivers = list(receivers)
            signal.sender_receivers_cache.clear()
