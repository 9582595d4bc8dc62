"""Pricing page and Subscription tab."""

from __future__ import annotations

from django.core.cache import cache
from django.test import Client

from apps.subscriptions.holders import billing_url
from bench.runner import Runner
from bench.shop import Shop


def run(runner: Runner, shop: Shop) -> None:
    runner.heading("Pages")
    visitor, tab = Client(), billing_url("tab", shop.holder)

    def get(client: Client, path: str, testid: str) -> None:
        answer = client.get(path)
        assert testid in answer.content.decode(), f"{path}: {answer.status_code}"

    def cold() -> tuple[()]:
        cache.clear()
        return ()

    empty = runner.measure("an empty page", lambda: visitor.get("/bench/"))
    runner.measure("/pricing/, a visitor", lambda: get(visitor, "/pricing/", "plan-pro"), beside=empty)
    runner.measure(
        "/pricing/, a visitor, cache empty",
        lambda: get(visitor, "/pricing/", "plan-pro"),
        prepare=cold,
        beside=empty,
    )
    signed_in = runner.measure(
        "/teams/, signed in", lambda: get(shop.client, "/teams/", "</html>"), beside=empty
    )
    runner.measure(
        "the Subscription tab", lambda: get(shop.client, tab, "subscription-status"), beside=signed_in
    )
    runner.measure(
        "the Subscription tab, cache empty",
        lambda: get(shop.client, tab, "subscription-status"),
        prepare=cold,
        beside=signed_in,
    )
