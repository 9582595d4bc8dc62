"""Flows of staff who mend one difference from Stripe, each kind that can be mended."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.models import AuditEntry
from apps.subscriptions.models import CheckoutAttempt, Drift, Subscription
from apps.subscriptions.tests.conftest import current
from apps.subscriptions.tests.lifecycle_story import second_subscription
from stripe_sandbox.patching import patch
from tests.faults.buying import bought
from tests.faults.changing import after
from tests.faults.flows import Flow, Step
from tests.faults.machines import bought_elsewhere, command, renewed_unheard
from tests.faults.staff import chosen, quantity_changed_elsewhere
from tests.faults.stage import Stage

MARK = "djstripe_subscriber"


def changed(kind: str, **changes: Any) -> Step:
    """The last object of its kind, changed at Stripe, and nobody told us."""

    def change(stage: Stage) -> None:
        with stage.stripe:
            patch(stage.stripe, stage.stripe.all(kind)[-1]["id"], changes)
        stage.stripe.pending_deliveries()

    return change


def another_subscription(stage: Stage) -> None:
    """In the place of the one there was."""
    row = current(stage.holder)
    stage.api.subscriptions.cancel(row.stripe_id)
    second_subscription(stage.api, row)
    stage.deliver()
    stage.run_all_tasks()
    Subscription.objects.exclude(pk=row.pk)._raw_delete("default")
    Subscription.objects.update(is_current=True)


def unknown_at_stripe(stage: Stage) -> None:
    row = current(stage.holder)
    Subscription.objects.filter(pk=row.pk).update(stripe_id="sub_gone")
    with stage.stripe:
        stage.stripe.remove(stage.stripe.get(row.stripe_id))


def customer_deleted(stage: Stage) -> None:
    stage.api.customers.delete(stage.holder.stripe_customer_id)
    stage.stripe.pending_deliveries()


def customer_made(stage: Stage) -> None:
    stage.api.customers.create({"metadata": {MARK: str(stage.team_id)}})


def customer_of_nobody(stage: Stage) -> None:
    gone = uuid.uuid4()
    AuditEntry.objects.create(action="team.deleted", holder_id=gone)
    stage.api.customers.create({"metadata": {MARK: str(gone)}})


def left_open_for_an_hour(stage: Stage) -> None:
    CheckoutAttempt.objects.update(started_at=timezone.now() - timedelta(hours=1))


def all_mended(stage: Stage) -> None:
    found = [str(pk) for pk in Drift.objects.filter(gone_at=None).values_list("pk", flat=True)]
    chosen("drift", "mend", found)(stage)


EDITABLE = {"subscription_update": {"default_allowed_updates": ["price", "quantity"]}}
MADE: dict[str, Step] = {
    "missed-news": after(bought("pro", days=20), renewed_unheard),
    "foreign-quantity": after(bought("pro", days=20), quantity_changed_elsewhere),
    "unknown-subscription": after(bought("starter", days=10), another_subscription),
    "missing-subscription": after(bought("starter"), unknown_at_stripe),
    "missing-customer": after(bought("starter"), customer_deleted),
    "unlinked-customer": customer_made,
    "duplicate-customer": after(bought("starter"), customer_made),
    "orphan-customer": customer_of_nobody,
    "open-payment-page": after(bought_elsewhere, left_open_for_an_hour),
    "webhook-endpoint": changed("webhook_endpoint", status="disabled"),
    "portal": changed("billing_portal.configuration", features=EDITABLE),
    "product": changed("product", name="Profi"),
    "price": changed("price", nickname="Other", metadata={"a": "b"}),
}


def mending(kind: str) -> Flow:
    return Flow(f"staff mend {kind}", after(MADE[kind], command("reconcile_subscriptions")), all_mended)


FLOWS = list(map(mending, MADE))
