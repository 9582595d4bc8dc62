"""What staff do for a holder from the admin, beside what the holder's own people can do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.core import audit
from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import sync
from apps.subscriptions.errors import BillingError, NoCustomerYet
from apps.subscriptions.services import seats
from apps.users.models import CustomUser

WAITS = _("A change of plan waits for its payment. The seats follow when it is paid, or dropped after a day.")


def sync_now(holder: SubscriptionModelBase, *, by: CustomUser) -> None:
    """Read the holder's customer back from Stripe. Raises BillingError."""
    if not holder.stripe_customer_id:
        raise NoCustomerYet(f"{holder.pk} has no customer at Stripe")
    sync.sync_customer(holder.stripe_customer_id)
    audit.record("subscription.synced_by_staff", actor=by, target=holder, holder=holder)


def push_quantity(holder: SubscriptionModelBase, *, by: CustomUser) -> None:
    """Make Stripe bill what the holder counts now, whatever our row believes.

    Raises BillingError, also while a change waits for its payment: another quantity would drop it.
    """
    sync_now(holder, by=by)
    row = holder.subscriptions.filter(is_current=True).first()
    if row is not None and row.waits_for_payment:
        raise BillingError(f"{row} waits until {row.pending_until}", customer_text=WAITS)
    seats.match_seats(holder)
    row = holder.subscriptions.filter(is_current=True).first()
    audit.record(
        "subscription.quantity_pushed",
        actor=by,
        target=holder,
        holder=holder,
        after={"quantity": row.quantity if row else None},
    )
