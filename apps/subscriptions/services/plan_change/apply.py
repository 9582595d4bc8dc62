"""Making the change at Stripe: an update now, or a schedule for the renewal."""

from __future__ import annotations

from enum import StrEnum

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.errors import (
    ChangeUnclear,
    NothingToChange,
    NothingToManage,
    StripeRefused,
    StripeUnavailable,
)
from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import PlanInterval, ProductMetadata
from apps.subscriptions.models import Subscription
from apps.subscriptions.services.cancellation import forget_waiting_changes, read_back
from apps.subscriptions.services.deeds import record_once
from apps.subscriptions.services.plan_change.decision import PlanChange, decide
from apps.subscriptions.services.plan_change.phases import switched
from apps.subscriptions.services.plan_change.preview import agreed_moment
from apps.subscriptions.services.plan_change.schedules import schedule_of
from apps.subscriptions.services.seats.marks import marked_as_unclear
from apps.users.models import CustomUser


class Outcome(StrEnum):
    DONE = "done"
    AT_RENEWAL = "at_renewal"
    WAITS_FOR_PAYMENT = "waits_for_payment"


def change_plan(
    holder: SubscriptionModelBase,
    plan: ProductMetadata,
    interval: PlanInterval,
    *,
    by: CustomUser,
    proof: str = "",
) -> Outcome:
    """Upgrade now, downgrade at the renewal; what is charged is what `proof` (of a preview) says.

    Decided by what Stripe says at this moment. Doing it twice charges once. Raises what `decide` raises,
    PreviewTooOld, ChangeUnclear, StripeUnavailable, StripeRefused.
    """
    if not holder.stripe_customer_id:
        raise NothingToManage(f"{holder.pk} never bought anything")
    known = holder.subscriptions.filter(is_current=True).first()
    sync.sync_customer(holder.stripe_customer_id)
    try:
        change = decide(holder, plan, interval)
    except NothingToChange:
        _record_what_was_unclear(known, plan, interval, by)
        raise
    moment = agreed_moment(change, proof)
    with marked_as_unclear(change.subscription, change.quantity or 1) as all_is_clear:
        outcome = _made(change, moment)
        _record(known or change.subscription, plan, interval, outcome, by)
        if read_back(change.subscription) is not None:
            all_is_clear()
    return outcome


def _made(change: PlanChange, moment: int | None) -> Outcome:
    """A refusal may mean that somebody was faster, a second click perhaps: then say what there is now."""
    try:
        return _plan_for_renewal(change) if change.at_renewal else _change_now(change, moment)
    except StripeRefused:
        read_back(change.subscription)
        decide(change.holder, change.plan, change.interval)
        raise


def _change_now(change: PlanChange, moment: int | None) -> Outcome:
    """Stripe refuses to change by hand what a schedule manages, so that goes first."""
    forget_waiting_changes(change.subscription)
    try:
        answer = stripe_api.subscriptions.update(change.subscription.stripe_id, _params(change, moment))
    except StripeUnavailable as error:
        return _outcome_after_silence(change, error)
    return Outcome.WAITS_FOR_PAYMENT if answer.get("pending_update") else Outcome.DONE


def _params(change: PlanChange, moment: int | None) -> Json:
    """Unpaid, the old plan stays: https://docs.stripe.com/billing/subscriptions/pending-updates"""
    if change.in_trial:
        return {"items": [change.item], "proration_behavior": "none"}
    params = {
        "items": [change.item],
        "proration_behavior": "always_invoice",
        "payment_behavior": "pending_if_incomplete",
    }
    return params if moment is None else {**params, "proration_date": moment}


def _outcome_after_silence(change: PlanChange, error: StripeUnavailable) -> Outcome:
    """The answer was lost, perhaps not the work: look, and say so when looking does not help either."""
    outcome = _outcome_seen(change)
    if outcome is None:
        raise ChangeUnclear(str(error), retry_after=error.retry_after) from error
    return outcome


def _outcome_seen(change: PlanChange) -> Outcome | None:
    row = read_back(change.subscription)
    return None if row is None else _outcome_in(row, change.plan, change.interval)


def _outcome_in(row: Subscription, plan: ProductMetadata, interval: PlanInterval) -> Outcome | None:
    seen = {
        (row.plan_slug, row.interval): Outcome.DONE,
        (row.pending_plan_slug, row.pending_interval): Outcome.WAITS_FOR_PAYMENT,
        (row.next_plan_slug, row.next_interval): Outcome.AT_RENEWAL,
    }
    return seen.get((plan.slug, str(interval)))


def _plan_for_renewal(change: PlanChange) -> Outcome:
    """A schedule of two phases: as it is until the period's end, then the new plan.

    Each step may be done again: one that is there already is used.
    """
    if change.subscription.pending_until:
        forget_waiting_changes(change.subscription)
    schedule = schedule_of(change.subscription)
    try:
        stripe_api.schedules.set_phases(schedule["id"], switched(schedule, change))
    except StripeUnavailable:
        if _outcome_seen(change) != Outcome.AT_RENEWAL:
            raise
    return Outcome.AT_RENEWAL


def _record_what_was_unclear(
    known: Subscription | None, plan: ProductMetadata, interval: PlanInterval, by: CustomUser
) -> None:
    """An earlier click made the change, and its answer was lost: it is theirs all the same."""
    now = Subscription.objects.filter(pk=known.pk).first() if known else None
    outcome = _outcome_in(now, plan, interval) if now else None
    if known and outcome and _outcome_in(known, plan, interval) is None:
        _record(known, plan, interval, outcome, by)


def _record(
    known: Subscription, plan: ProductMetadata, interval: PlanInterval, outcome: Outcome, by: CustomUser
) -> None:
    record_once(
        "subscription.plan_changed",
        by=by,
        known=known,
        before={"plan": known.plan_slug, "interval": known.interval},
        after={"plan": plan.slug, "interval": str(interval), "when": str(outcome)},
    )
