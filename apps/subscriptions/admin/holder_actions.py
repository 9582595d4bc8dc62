"""What staff can do for a holder: one entry each, with its form, when it is offered, and what it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.admin import forms
from apps.subscriptions.models import Comp, Subscription
from apps.subscriptions.services import cancellation, staff
from apps.subscriptions.sync import bills_by_quantity
from apps.users.models import CustomUser

Text = str | Promise


@dataclass(frozen=True)
class Standing:
    """What the holder has now: its current subscription and its open comp."""

    holder: SubscriptionModelBase
    subscription: Subscription | None
    comp: Comp | None

    @property
    def mark(self) -> str:
        """Travels with the form: a click on a page that was overtaken does nothing."""
        row, comp = self.subscription, self.comp
        return f"{row.stripe_id if row else ''}:{row.status if row else ''}:{comp.pk if comp else ''}"

    @property
    def is_live(self) -> bool:
        return self.subscription is not None and self.subscription.is_live


def standing(holder: SubscriptionModelBase) -> Standing:
    """Two queries."""
    comp = Comp.objects.filter(holder=holder, ended_at__isnull=True).first()
    current = Subscription.objects.filter(holder=holder, is_current=True).first()
    return Standing(holder, current, comp if comp and comp.is_open() else None)


@dataclass(frozen=True, kw_only=True)
class HolderAction:
    name: str
    label: Text  # the button
    consequence: Text  # above the confirmation
    done: Text
    offered: Callable[[Standing], bool]
    not_offered: Text  # why not, when somebody asks all the same
    run: Callable[[Standing, dict[str, Any], CustomUser], object]  # raises BillingError
    form: type[forms.HolderActionForm] = forms.HolderActionForm
    asks_first: bool = True  # False: the button on the page does it at once
    ends_something: bool = False


ACTIONS = [
    HolderAction(
        name="sync",
        label=_("Read back from Stripe"),
        consequence=_(
            "Reads the customer back from Stripe and rewrites our rows. Nothing changes at Stripe."
        ),
        done=_("Read back from Stripe: our rows say what Stripe says."),
        offered=lambda now: bool(now.holder.stripe_customer_id),
        not_offered=_("There is no customer at Stripe yet: nobody has gone to Checkout."),
        run=lambda now, data, by: staff.sync_now(now.holder, by=by),
        asks_first=False,
    ),
    HolderAction(
        name="push-quantity",
        label=_("Set the seats at Stripe"),
        consequence=_("Counts the seats now and makes Stripe bill for as many."),
        done=_("Stripe bills for as many seats as we count."),
        offered=lambda now: now.subscription is not None and bills_by_quantity(now.subscription),
        not_offered=_("There is no live subscription that is billed by the seat."),
        run=lambda now, data, by: staff.push_quantity(now.holder, by=by),
    ),
    HolderAction(
        name="cancel-at-period-end",
        label=_("Cancel at the end of the period"),
        consequence=_(
            "Access stays until the end of what is paid for. Then the subscription ends by itself."
        ),
        done=_("The subscription ends with the current period."),
        offered=lambda now: now.is_live and now.subscription is not None and now.subscription.ends_at is None,
        not_offered=_("There is no live subscription, or it ends already."),
        run=lambda now, data, by: cancellation.cancel_at_period_end(now.holder, by=by),
        ends_something=True,
    ),
]
BY_NAME = {action.name: action for action in ACTIONS}
