"""Products and prices: the copy here beside Stripe's."""

from __future__ import annotations

from collections.abc import Iterator

from apps.subscriptions import stripe_api
from apps.subscriptions.services.reconcile.findings import Finding
from apps.subscriptions.services.setup.catalogue_mirror import OutOfStep, out_of_step, still_out_of_step


def compare() -> Iterator[Finding]:
    products, prices = list(stripe_api.products.list_all()), list(stripe_api.prices.list_all())
    for step in out_of_step(products, prices):
        yield _finding(step)


def look_at(kind: str, id: str) -> list[Finding]:
    step = still_out_of_step(kind, id)
    return [_finding(step)] if step else []


def _finding(step: OutOfStep) -> Finding:
    return Finding(step.object, step.id, ours=step.here, at_stripe=step.there)
