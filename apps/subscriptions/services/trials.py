"""More time to try."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api
from apps.subscriptions.errors import BillingError, StripeUnavailable
from apps.subscriptions.models import Status, Subscription
from apps.subscriptions.services.cancellation import read_back
from apps.subscriptions.services.deeds import record_once
from apps.users.models import CustomUser

# https://docs.stripe.com/api/subscriptions/update#update_subscription-trial_end
LONGEST = timedelta(days=730)


def extend_trial(holder: SubscriptionModelBase, until: datetime, *, by: CustomUser) -> None:
    """Let the running trial end at `until`: the first payment moves there, and nothing is charged before.

    The same time twice is the same. Raises BillingError, with nothing changed, when there is no trial, when
    `until` is sooner than its end or too far off, or when Stripe says no.
    """
    current = holder.subscriptions.filter(is_current=True).first()
    if current is None or current.status != Status.TRIALING:
        raise _refusal(_("There is no trial to extend."))
    if until == current.trial_end:
        return
    _refuse_nonsense(current, until)
    try:
        stripe_api.subscriptions.update(
            current.stripe_id, {"trial_end": int(until.timestamp()), "proration_behavior": "none"}
        )
    except StripeUnavailable:  # the answer was lost, perhaps not the work: look
        row = read_back(current)
        if row is None or row.trial_end != until:
            raise
    record_once(
        "subscription.trial_extended",
        by=by,
        known=current,
        before={"trial_end": current.trial_end},
        after={"trial_end": until.isoformat()},
    )
    read_back(current)


def _refuse_nonsense(current: Subscription, until: datetime) -> None:
    now = timezone.now()
    if until <= now or (current.trial_end and until < current.trial_end):
        raise _refusal(_("A trial can only be made longer. Choose a time after its present end."))
    if until > now + LONGEST:
        raise _refusal(_("Stripe allows a trial of two years at most. Choose an earlier time."))


def _refusal(text: str) -> BillingError:
    return BillingError(text, customer_text=text)
