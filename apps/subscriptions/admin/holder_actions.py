"""What staff can do for a holder: one entry each, with its form, when it is offered, and what it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.subscriptions.admin import forms
from apps.subscriptions.admin.standing import Standing
from apps.subscriptions.metadata import plan_for_slug
from apps.subscriptions.models import Status
from apps.subscriptions.services import cancellation, comps, staff, trials
from apps.subscriptions.sync import bills_by_quantity
from apps.users.models import CustomUser

Text = str | Promise


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
        consequence=_("Reads the customer at Stripe and rewrites our rows. Nothing changes at Stripe."),
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
        name="extend-trial",
        label=_("Extend the trial"),
        consequence=_("Nothing is charged until the trial ends. The first payment moves to that day."),
        done=_("The trial ends later now."),
        offered=lambda now: now.subscription is not None and now.subscription.status == Status.TRIALING,
        not_offered=_("There is no trial to extend."),
        run=lambda now, data, by: trials.extend_trial(now.holder, data["until"], by=by),
        form=forms.ExtendTrialForm,
    ),
    HolderAction(
        name="give-comp",
        label=_("Give a plan away"),
        consequence=_(
            "The holder gets all of the plan without paying. A subscription beside it goes on and is charged."
        ),
        done=_("The plan is given."),
        offered=lambda now: True,
        not_offered="",
        run=lambda now, data, by: comps.give_comp(
            now.holder,
            plan_for_slug(data["plan"]),
            reason=data["reason"],
            expires_at=data["expires_at"],
            by=by,
        ),
        form=forms.GiveCompForm,
    ),
    HolderAction(
        name="end-comp",
        label=_("End the given plan"),
        consequence=_("The holder falls back to its subscription, or to the plan for nobody who pays."),
        done=_("The given plan has ended."),
        offered=lambda now: now.comp is not None,
        not_offered=_("No plan is given away."),
        run=lambda now, data, by: comps.end_comp(now.holder, by=by),
        ends_something=True,
    ),
    HolderAction(
        name="resume",
        label=_("Keep the plan"),
        consequence=_("Takes back a cancellation or a change that waits. The subscription goes on as it is."),
        done=_("The plan goes on."),
        offered=lambda now: now.is_live and now.waits_for_something,
        not_offered=_("Nothing waits to be taken back."),
        run=lambda now, data, by: cancellation.resume(now.holder, by=by),
    ),
    HolderAction(
        name="cancel-at-period-end",
        label=_("Cancel at the end of the period"),
        consequence=_("Access stays until the end of what is paid for; then the subscription ends."),
        done=_("The subscription ends with the current period."),
        offered=lambda now: now.is_live and now.subscription is not None and now.subscription.ends_at is None,
        not_offered=_("There is no live subscription, or it ends already."),
        run=lambda now, data, by: cancellation.cancel_at_period_end(now.holder, by=by),
        ends_something=True,
    ),
    HolderAction(
        name="cancel-now",
        label=_("Cancel now"),
        consequence=_(
            "Ends this minute, and access with it. It cannot be taken back. Nothing is refunded by this:"
            " if you owe something, refund the invoice at Stripe."
        ),
        done=_("Ended."),
        offered=lambda now: bool(now.unfinished),
        not_offered=_("There is no subscription to cancel."),
        run=lambda now, data, by: cancellation.cancel_now(now.holder, by=by, only=now.row(data.get("which"))),
        form=forms.CancelNowForm,
        ends_something=True,
    ),
]
BY_NAME = {action.name: action for action in ACTIONS}
