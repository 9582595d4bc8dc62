"""Ending a subscription, with its period or at once, and changing one's mind."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.utils.translation import gettext_lazy as _
from djstripe.models import Invoice

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.errors import (
    BillingError,
    ChangeUnclear,
    EndUnclear,
    KeySpent,
    NoAnswer,
    NotFoundAtStripe,
    NothingToManage,
    StripeRefused,
    StripeUnavailable,
)
from apps.subscriptions.models import HOLDER_GOES, OVER_STATUSES, Status, Subscription
from apps.subscriptions.services.deeds import record_once
from apps.users.models import CustomUser

logger = logging.getLogger(__name__)

# Stripe's words for why somebody leaves, in the order they are asked:
# https://docs.stripe.com/api/subscriptions/object#subscription_object-cancellation_details-feedback
FEEDBACK = {
    "too_expensive": _("It costs too much"),
    "missing_features": _("Something I need is missing"),
    "switched_service": _("I use something else now"),
    "unused": _("I do not use it enough"),
    "customer_service": _("The help was not good enough"),
    "low_quality": _("The quality was not good enough"),
    "too_complex": _("It is too complicated"),
    "other": _("Another reason"),
}
COMMENT_LENGTH = 500


def cancel_at_period_end(
    holder: SubscriptionModelBase, *, by: CustomUser, feedback: str = "", comment: str = ""
) -> None:
    """Let the current subscription end with its period; one that is to end already is left as it is.

    A change that waits for the renewal or for a payment is given up. `feedback` is one of FEEDBACK or "".
    Raises NothingToManage, StripeUnavailable (nothing was done, as far as can be seen), StripeRefused.
    """
    known, after = _live(holder), {"feedback": feedback} if feedback in FEEDBACK else None
    current = _live_now(holder)
    if current.ends_at is not None:
        if known.ends_at is None:  # by an earlier click, whose answer was lost
            record_once("subscription.cancel_requested", by=by, known=known, after=after)
        return
    forget_waiting_changes(current)
    try:
        stripe_api.subscriptions.cancel_at_period_end(
            current.stripe_id,
            feedback=feedback if feedback in FEEDBACK else "",
            comment=comment.replace("\x00", "").strip()[:COMMENT_LENGTH],
        )
    except StripeUnavailable:
        if not _is_seen(current, ending=True):
            raise
    record_once("subscription.cancel_requested", by=by, known=known, after=after)
    read_back(current)


def resume(holder: SubscriptionModelBase, *, by: CustomUser) -> None:
    """Take back a cancellation and a change that waits; go on after a pause at the end of a trial.

    Doing it twice is the same. Raises NothingToManage, StripeUnavailable (nothing was done, as far as can be
    seen), StripeRefused.
    """
    known = _live(holder)
    current = _live_now(holder)
    if current.status == Status.PAUSED:
        go_on(holder, by=by)
        return
    if not _has_to_be_resumed(current):
        if _has_to_be_resumed(known):  # until an earlier click, whose answer was lost
            record_once("subscription.resumed", by=by, known=known)
        return
    forget_waiting_changes(current)
    try:
        stripe_api.subscriptions.keep(current.stripe_id)
    except StripeUnavailable:
        if current.ends_at is None or not _is_seen(current, ending=False):
            raise
    record_once("subscription.resumed", by=by, known=known)
    read_back(current)


def _has_to_be_resumed(row: Subscription) -> bool:
    return row.status == Status.PAUSED or bool(row.ends_at or row.schedule_id or row.pending_until)


def go_on(holder: SubscriptionModelBase, *, by: CustomUser) -> None:
    """Resume a subscription that paused at the end of its trial, now that there is a card.

    A new period begins and is charged for; it opens when that is paid. Nothing to do when it is not paused
    (any more), so doing it again charges once. Raises ChangeUnclear when Stripe fell silent: it may have been
    charged.
    """
    if current := _paused(holder):
        _go_on(current, partial(stripe_api.subscriptions.go_on, current.stripe_id), by=by)


def _paused(holder: SubscriptionModelBase) -> Subscription | None:
    return holder.subscriptions.filter(is_current=True, status=Status.PAUSED).first()


def _go_on(current: Subscription, ask_stripe: Callable[[], object], *, by: CustomUser | None) -> None:
    went_on = True
    try:
        ask_stripe()
    except StripeRefused:  # somebody was faster: the sync below shows it
        went_on = False
    except StripeUnavailable as error:  # the answer was lost, perhaps not the work: look
        if _after_pause(current).status == Status.PAUSED:
            raise _unclear(error) from error
    if went_on:
        record_once("subscription.resumed", by=by, known=current)
    _after_pause(current)


def go_on_with_new_card(holder: SubscriptionModelBase) -> None:
    """`go_on`, tried once for one card, of which several events tell, be they worked at the same moment.

    One that refuses leaves an open invoice: the person pays that, nobody tries again and again.
    """
    current = _paused(holder)
    if current and not _has_open_invoice(current):
        _go_on(current, partial(_ask_once_for_this_card, current), by=None)


def _ask_once_for_this_card(row: Subscription) -> None:
    """The last invoice stands for the pause, so a card may be tried again after a later one."""
    key = f"resume:{row.stripe_id}:{row.latest_invoice_id}:{row.payment_method_id}"
    try:
        stripe_api.subscriptions.go_on_once(row.stripe_id, idempotency_key=key)
    except KeySpent as error:  # one step, so that all who find out ask with one key again
        logger.error("The key of resuming %s is spent: %s", row, error)
        stripe_api.subscriptions.go_on_once(row.stripe_id, idempotency_key=f"{key}:1")


def _has_open_invoice(row: Subscription) -> bool:
    return Invoice.objects.filter(id=row.latest_invoice_id, stripe_data__status="open").exists()


def _after_pause(subscription: Subscription) -> Subscription:
    try:
        sync.sync_customer(subscription.stripe_customer_id)
    except StripeUnavailable as error:
        raise _unclear(error) from error
    return Subscription.objects.get(pk=subscription.pk)


def _unclear(error: StripeUnavailable) -> ChangeUnclear:
    return ChangeUnclear(str(error), retry_after=error.retry_after)


def cancel_now(
    holder: SubscriptionModelBase,
    *,
    by: CustomUser | None,
    only: Subscription | None = None,
    holder_goes: bool = False,
) -> None:
    """End every subscription of the holder at once (or `only` that one), oldest first, without refund.

    For staff, and before a holder is deleted (policy P9): afterwards each row of it is over. What had ended
    at Stripe already counts as done. `holder_goes`: nobody gets the mail that invites them to come back.
    Raises EndUnclear, StripeUnavailable or StripeRefused with the rest still running.
    """
    unfinished = holder.subscriptions.exclude(status__in=OVER_STATUSES)
    rows = list((unfinished if only is None else unfinished.filter(pk=only.pk)).order_by("pk"))
    for row in rows:
        try:
            stripe_api.subscriptions.cancel_now(row.stripe_id, comment=_goodbye(row) if holder_goes else "")
        except NotFoundAtStripe:
            logger.info("%s had ended already", row)
        except StripeUnavailable as error:
            if not _has_ended(row):
                raise _end_unclear(error) from error
        record_once("subscription.cancelled_now", by=by, known=row)
    for customer_id in sorted({row.stripe_customer_id for row in rows}):
        sync.sync_customer(customer_id)


def _goodbye(row: Subscription) -> str:
    """Noted at Stripe, so that whatever brings the news of the end brings this too. What was said stays."""
    said = row.cancel_comment[: COMMENT_LENGTH - len(HOLDER_GOES) - 1]
    return f"{said} {HOLDER_GOES}".strip()


def forget_waiting_changes(subscription: Subscription) -> None:
    """Release the schedule and void the unpaid invoice of a change, so that nothing waits any more.

    Stripe refuses to cancel, or to change by hand, what a schedule manages.
    """
    if subscription.schedule_id:
        with suppress(StripeRefused):  # released or completed meanwhile
            stripe_api.schedules.release(subscription.schedule_id)
    if subscription.pending_until and subscription.latest_invoice_id:
        with suppress(StripeRefused):  # paid or dropped meanwhile
            stripe_api.invoices.void(subscription.latest_invoice_id)


def read_back(subscription: Subscription) -> Subscription | None:
    """The row as Stripe has it now; None when Stripe does not answer: then the webhook tells."""
    try:
        sync.sync_customer(subscription.stripe_customer_id)
    except BillingError as error:
        logger.warning("Changed %s, but could not read it back: %r", subscription, error)
        return None
    return Subscription.objects.filter(pk=subscription.pk).first()


def _is_seen(subscription: Subscription, *, ending: bool) -> bool:
    """An answer was lost, perhaps not the work: look."""
    row = read_back(subscription)
    return row is not None and row.is_live and (row.ends_at is not None) is ending


def _has_ended(subscription: Subscription) -> bool:
    """As above."""
    row = read_back(subscription)
    return row is not None and row.is_over


def _end_unclear(error: StripeUnavailable) -> StripeUnavailable:
    """Stripe that refuses has ended nothing; Stripe that is slow may end it in a moment."""
    return EndUnclear(str(error)) if isinstance(error, NoAnswer) else error


def _live_now(holder: SubscriptionModelBase) -> Subscription:
    """As Stripe has it at this moment: news of what was done in the Portal may still be on its way."""
    sync.sync_customer(_live(holder).stripe_customer_id)
    return _live(holder)


def _live(holder: SubscriptionModelBase) -> Subscription:
    current = holder.subscriptions.filter(is_current=True).first()
    if current is None or not current.is_live:
        raise NothingToManage(f"{holder.pk} has nothing to cancel or resume")
    return current
