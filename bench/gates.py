"""What a gate costs: the same page without and with it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.metadata import Feature
from apps.teams.models import Team
from bench.runner import Runner
from bench.shop import Shop


def run(runner: Runner, shop: Shop) -> None:
    runner.heading("Gates")
    where = {"team_slug": shop.holder.slug} if isinstance(shop.holder, Team) else {}

    def get(name: str, holds: str = "x") -> None:
        answer = shop.client.get(reverse(f"bench_{name}", kwargs=where))
        assert holds in answer.content.decode(), f"{name}: {answer.status_code}"

    page = runner.measure("a page of the holder", lambda: get("open"))
    runner.measure("the same behind active_subscription_required", lambda: get("subscribers"), beside=page)
    runner.measure("the same behind limit_to_plans", lambda: get("pro"), beside=page)
    runner.measure("the same behind feature_required", lambda: get("feature"), beside=page)
    whole = runner.measure("a whole page, the Subscription tab", lambda: get("whole", "subscription-status"))
    runner.measure(
        "the whole page behind feature_required",
        lambda: get("whole_feature", "subscription-status"),
        beside=whole,
    )
    _outside_of_requests(runner, type(shop.holder), shop.holder.pk)


def _outside_of_requests(runner: Runner, model: Any, pk: Any) -> None:
    row = runner.measure("the holder by its primary key", lambda: model.objects.get(pk=pk))

    def ask() -> None:
        assert entitlements_for(model.objects.get(pk=pk)).allows(Feature.AUDIT_LOG)

    runner.measure("the same, and entitlements_for", ask, beside=row)
