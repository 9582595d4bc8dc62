"""Flows of staff, on the pages of the admin."""

from __future__ import annotations

import re
from datetime import timedelta

from django.urls import reverse

from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.tests.conftest import current
from tests.faults.buying import bought
from tests.faults.changing import after, page
from tests.faults.flows import Flow, Step
from tests.faults.stage import Stage


def action(name: str, **form: str) -> Step:
    """Open the page that asks, and confirm what it shows."""

    def confirm(stage: Stage) -> None:
        path = reverse("admin:subscriptions_holder_action", args=[stage.team_id, name])
        asked = stage.open(path, by=stage.staff)
        stage.answers.remove(asked)
        found = re.search(r'name="mark" value="([^"]*)"', asked.text)
        stage.send(path, {"mark": found[1] if found else "", **form}, by=stage.staff)

    return confirm


def extended(stage: Stage) -> None:
    until = (stage.began + timedelta(days=30)).replace(microsecond=0)
    action("extend-trial", until=f"{until:%Y-%m-%dT%H:%M}")(stage)


def given_up(stage: Stage) -> None:
    """An event that nobody could work for three days."""
    row = WebhookEvent.objects.order_by("pk").last()
    WebhookEvent.objects.filter(pk=row.pk).update(processed_at=None, failed_at=stage.began, attempts=20)


def quantity_changed_elsewhere(stage: Stage) -> None:
    item = current(stage.holder).plan_item_id
    stage.api.subscription_items.update(item, {"quantity": 7, "proration_behavior": "none"})
    stage.stripe.pending_deliveries()


FLOWS = [
    Flow("staff read back", bought("starter"), action("sync")),
    Flow(
        "staff set the seats",
        after(bought("pro", days=20), quantity_changed_elsewhere),
        action("push-quantity"),
    ),
    Flow("staff extend a trial", bought("pro"), extended),
    Flow("staff cancel at the end of the period", bought("starter"), action("cancel-at-period-end")),
    Flow("staff keep the plan", after(bought("starter"), page("cancel")), action("resume")),
    Flow("staff cancel now", bought("starter"), action("cancel-now", sure="on")),
]
