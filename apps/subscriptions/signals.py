"""What billing tells whoever wants to listen. Sent inside the transaction that makes it true.

A listener that fails undoes that transaction, and the work is tried again; what must leave the house (mail,
Stripe, a task) waits for the commit: `notices.promise`, `core.tasks.enqueue`.
"""

from __future__ import annotations

from django.dispatch import Signal

# The holder's rows are as Stripe has them now. Sent by `sync`, whatever made it look: an event, a page, the
# hourly run. Often nothing has changed. Arguments: holder, current (Subscription or None).
subscription_synced = Signal()

# An event could not be worked for three days. Arguments: row (WebhookEvent).
event_given_up = Signal()
