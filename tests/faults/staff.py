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


def chosen(model: str, name: str, rows: list[str]) -> Step:
    """An action of a list in the admin."""
    path = reverse(f"admin:subscriptions_{model}_changelist")

    def act(stage: Stage) -> None:
        stage.send(path, {"action": name, "_selected_action": rows}, by=stage.staff)
        stage.run_all_tasks()

    return act


def events(name: str) -> Step:
    """With the newest event, whatever became of it."""

    def act(stage: Stage) -> None:
        row = WebhookEvent.objects.order_by("pk").last()
        chosen("webhookevent", name, [str(row.pk)])(stage)

    return act


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
    Flow("staff work an event again", after(bought("starter"), given_up), events("work_again")),
    Flow("staff work an event that is done", bought("starter"), events("work_again")),
    Flow("staff read the customer of an event back", bought("starter"), events("sync_customers")),
    Flow("staff cancel now", bought("starter"), action("cancel-now", sure="on")),
]
