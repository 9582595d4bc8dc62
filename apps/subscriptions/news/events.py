"""What happens when Stripe tells something: the place to look at before you write a receiver of your own.

A receiver runs once per event, after our rows and dj-stripe's tables are as Stripe has them now, inside the
transaction that marks the event as done. If it raises, what it wrote is undone and that event is tried again.
So decide from the rows, not from `event.data`, which may be old; and promise what must leave the house
(`notices.promise`, `core.tasks.enqueue`) instead of sending it.
"""

from __future__ import annotations

from typing import Any

from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event, Invoice, PaymentMethod

from apps.core.billing import SubscriptionModelBase
from apps.core.tasks import enqueue
from apps.subscriptions.holders import holder_model
from apps.subscriptions.mails import for_operators, notices
from apps.subscriptions.models import Notice, Status, Subscription, WebhookEvent
from apps.subscriptions.news.subscriptions import tell_trial_ending
from apps.subscriptions.services import checkout
from apps.subscriptions.stripe_values import moment_of
from apps.subscriptions.tasks import expire_open_checkout


@djstripe_receiver("customer.subscription.deleted")
def tell_operators_of_cancellation(sender: Any, event: Event, **kwargs: Any) -> None:
    """ADMINS get a mail when somebody leaves. The example to copy for your own handling."""
    row = Subscription.objects.filter(stripe_id=_object(event).get("id")).select_related("holder").first()
    if row is None or row.status != Status.CANCELED or not row.is_current:
        return  # not ours, or another subscription took its place
    notices.promise(
        Notice.Kind.SUBSCRIPTION_CANCELLED,
        row.stripe_id,
        holder=row.holder,
        data={"subscription": row.stripe_id},
    )


@djstripe_receiver(["invoice.payment_failed", "invoice.payment_action_required"])
def tell_payer_of_failed_payment(sender: Any, event: Event, **kwargs: Any) -> None:
    """One mail for each attempt, however many events Stripe has for it; none once the invoice is paid."""
    invoice = (
        Invoice.objects.filter(id=_object(event).get("id")).values_list("stripe_data", flat=True).first()
    )
    if invoice is None or invoice["status"] != "open":
        return
    row = Subscription.objects.filter(stripe_id=_subscription_id(invoice)).select_related("holder").first()
    if row is None or row.is_over:
        return
    attempt = invoice.get("attempt_count") or 0
    notices.promise(
        Notice.Kind.PAYMENT_FAILED,
        f"{invoice['id']}:{attempt}",
        holder=row.holder,
        data={"subscription": row.stripe_id, "invoice": invoice["id"], "attempt": attempt},
    )


def _subscription_id(invoice: dict[str, Any]) -> str:
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    return details.get("subscription") or ""


@djstripe_receiver("customer.subscription.trial_will_end")
def tell_payer_of_trial_end(sender: Any, event: Event, **kwargs: Any) -> None:
    """Not when the trial was extended since: then another event comes in time."""
    row = Subscription.objects.filter(stripe_id=_object(event).get("id"), is_current=True)
    row = row.filter(trial_end=moment_of(_object(event).get("trial_end")))
    if found := row.select_related("holder").first():
        tell_trial_ending(found)


@djstripe_receiver(
    [
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
    ]
)
def close_attempt(sender: Any, event: Event, **kwargs: Any) -> None:
    """Whatever became of the session, nobody can pay it any more: the next purchase gets a new one."""
    checkout.close_attempt(_object(event).get("id") or "")


@djstripe_receiver("customer.subscription.created")
def close_needless_payment_page(sender: Any, event: Event, **kwargs: Any) -> None:
    """Made in Stripe's dashboard, say: an open payment page would sell a second one (policy P10)."""
    if "holder" in (_object(event).get("metadata") or {}):
        return  # bought on that very page
    row = Subscription.objects.filter(stripe_id=_object(event).get("id"), is_current=True).first()
    if row is not None and row.is_live:
        enqueue(expire_open_checkout, str(row.holder_id))


@djstripe_receiver("payment_method.detached")
def forget_owner_of_payment_method(sender: Any, event: Event, **kwargs: Any) -> None:
    """A card cannot be attached again after that, so no read-back is needed."""
    PaymentMethod.objects.filter(id=_object(event).get("id")).update(customer=None)


@djstripe_receiver("charge.refunded")
def tell_operators_of_refund(sender: Any, event: Event, **kwargs: Any) -> None:
    """Access stays as the subscription says (policy P5)."""
    holder = holder_behind(event)
    if holder is not None:
        facts = for_operators.refund_facts(_object(event))
        notices.promise(Notice.Kind.CHARGE_REFUNDED, event.id, holder=holder, data=facts)


@djstripe_receiver(["charge.dispute.created", "charge.dispute.closed"])
def tell_operators_of_dispute(sender: Any, event: Event, **kwargs: Any) -> None:
    """Also when the charge is nobody's we know: a dispute costs money and has a deadline."""
    kind = Notice.Kind.DISPUTE_CLOSED if event.type.endswith("closed") else Notice.Kind.DISPUTE_OPENED
    facts = for_operators.dispute_facts(_object(event))
    notices.promise(kind, event.id, holder=holder_behind(event), data=facts)


def holder_behind(event: Event) -> SubscriptionModelBase | None:
    """Whose customer the event is about; None: nobody's here. Never asks Stripe, unlike `event.customer`."""
    filed = WebhookEvent.objects.filter(event_id=event.id).exclude(customer_id="").values("customer_id")
    return holder_model()._default_manager.filter(djstripe_customers__id__in=filed).first()


def _object(event: Event) -> dict[str, Any]:
    """What the event is about, as it was when it happened."""
    return event.data["object"]
