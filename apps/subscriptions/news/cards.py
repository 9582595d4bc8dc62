"""A card was added while the plan rests at the end of a trial without one: that is the wish to go on."""

from __future__ import annotations

from typing import Any

from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event

from apps.core.tasks import enqueue
from apps.subscriptions.models import Status
from apps.subscriptions.news.events import holder_behind
from apps.subscriptions.tasks import go_on_after_pause


@djstripe_receiver(["payment_method.attached", "customer.updated"])
def go_on_with_the_new_card(sender: Any, event: Event, **kwargs: Any) -> None:
    """Stripe leaves a paused subscription paused, whatever card comes; the page promised that it goes on."""
    holder = holder_behind(event)
    row = holder.subscriptions.filter(is_current=True).first() if holder else None
    if row and row.status == Status.PAUSED and row.payment_method_id:
        enqueue(go_on_after_pause, str(row.holder_id))
