"""What a holder bought before decides what it may be offered: a trial, a currency."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.metadata import ProductMetadata


@dataclass(frozen=True)
class History:
    had_trial: bool = False
    currency: str = ""  # of the newest subscription of the holder's customer; "": free to choose

    def trial_days(self, plan: ProductMetadata) -> int:
        """Days of free trial the plan would begin with; one trial per holder, ever (policy P7)."""
        days = settings.TRIAL_DAYS if plan.trial_days is None else plan.trial_days
        return 0 if self.had_trial or not plan.is_sold else days


def history_of(holder: SubscriptionModelBase | None) -> History:
    """One query. Nobody in particular has no history.

    Stripe keeps a customer to one currency; a customer that was deleted there takes it along.
    """
    if holder is None:
        return History()
    rows = list(
        holder.subscriptions.order_by("-created").values_list("trial_end", "currency", "stripe_customer_id")
    )
    currencies = [currency for _, currency, customer in rows if customer == holder.stripe_customer_id]
    return History(any(end for end, _, _ in rows), next(filter(None, currencies), ""))
