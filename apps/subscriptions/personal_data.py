"""What billing holds about a person: of themselves, or of the teams whose billing they manage."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from djstripe.models import Invoice

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.holders import holder_label, holder_model
from apps.subscriptions.models import Comp, Subscription
from apps.subscriptions.stripe_values import moment_of
from apps.teams.models import Membership
from apps.teams.roles import Permission, roles_with
from apps.users.models import CustomUser
from apps.users.personal_data import Part
from apps.users.personal_data.ours import CHUNK
from apps.users.personal_data.parts import Row


def _holders(user: CustomUser) -> Iterator[SubscriptionModelBase]:
    if holder_model() is CustomUser:
        yield user
        return
    payers = Membership.all_teams.filter(user=user, role__in=roles_with(Permission.MANAGE_BILLING))
    for membership in payers.select_related("team").order_by("pk").iterator(CHUNK):
        yield membership.team


def subscriptions(user: CustomUser) -> Iterator[Row]:
    for holder in _holders(user):
        for row in Subscription.objects.filter(holder=holder).order_by("created").iterator(CHUNK):
            yield {
                "of": holder_label(holder),
                "plan": row.plan_slug,
                "status": row.status,
                "interval": row.interval,
                "currency": row.currency,
                "quantity": row.quantity,
                "began": row.created,
                "ends": row.ends_at,
                "ended": row.ended_at,
                "why_cancelled": row.cancel_feedback,
                "comment": row.cancel_comment,
            }


def invoices(user: CustomUser) -> Iterator[Row]:
    """Amounts in the smallest unit of the currency."""
    for holder in _holders(user):
        rows = Invoice.objects.filter(customer__subscriber=holder).exclude(stripe_data__status="draft")
        for data in rows.order_by("created").values_list("stripe_data", flat=True).iterator(CHUNK):
            yield {
                "of": holder_label(holder),
                "number": data.get("number"),
                "date": moment_of(data.get("created")),
                "total": data.get("total"),
                "currency": data.get("currency"),
                "status": data.get("status"),
            }


def given_plans(user: CustomUser) -> Iterator[Row]:
    for holder in _holders(user):
        for row in Comp.objects.filter(holder=holder).order_by("created_at").iterator(CHUNK):
            yield {
                "of": holder_label(holder),
                "plan": row.plan_slug,
                "from": row.created_at,
                "until": row.ended_at or row.expires_at,
            }


PARTS = [
    Part(
        name="subscriptions",
        about=_("what is paid for, by you or by teams whose billing you manage"),
        rows=subscriptions,
        covers=frozenset({"subscriptions.Subscription.holder"}),
    ),
    Part(
        name="invoices",
        about=_("invoices, yours or of teams whose billing you manage"),
        rows=invoices,
        covers=frozenset({"djstripe.Customer.subscriber"}),
    ),
    Part(
        name="given-plans",
        about=_("plans that were given to you, or to teams whose billing you manage"),
        rows=given_plans,
        covers=frozenset({"subscriptions.Comp.holder"}),
    ),
]

# When people hold subscriptions, these point at a person as the holder.
LEFT_OUT = {
    "subscriptions.CheckoutAttempt.holder": "How a payment page was asked for; what was bought is told.",
    "subscriptions.CheckoutAttempt.started_by": "Each is in the activity as well.",
    "subscriptions.Comp.by": "Staff's work for somebody else.",
    "subscriptions.Drift.holder": "Our own checks of our books.",
    "subscriptions.Notice.holder": "Mails about what the subscriptions and invoices tell.",
    "subscriptions.SeatChange.actor": "Each is in the activity as well.",
    "subscriptions.SeatChange.holder": "Seats are of teams; a person pays for one.",
    "subscriptions.SeatSync.holder": "Seats are of teams; a person pays for one.",
}
