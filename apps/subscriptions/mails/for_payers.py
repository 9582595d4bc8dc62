"""Mails to whoever gets the invoices: what each says, looked up when it leaves.

A writer answers the words for its template, or None when there is nothing to tell any more.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.subscriptions import stripe_api
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.gateway import Json
from apps.subscriptions.mails.words import (
    Words,
    base_words,
    cancelled_for_nonpayment,
    card,
    card_name,
    plan_name,
    price_words,
    subscription_of,
)
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Notice, Status, Subscription
from apps.subscriptions.money import format_amount
from apps.subscriptions.stripe_values import moment_of
from apps.subscriptions.tab.facts import facts_about
from apps.subscriptions.tab.payment_method import payment_method_view

# Banks' words worth telling; the others (stolen, suspected) Stripe asks to keep quiet about:
# https://docs.stripe.com/declines/codes
REASONS: dict[str, Promise] = {
    "insufficient_funds": _("There was not enough money on it."),
    "expired_card": _("The card has expired."),
    "incorrect_cvc": _("The security code was wrong."),
    "withdrawal_count_limit_exceeded": _("Its limit was reached."),
    "processing_error": _("The bank had a fault of its own."),
}


def payment_failed(notice: Notice) -> Words | None:
    """None once the invoice is paid or void, or when a later attempt has its own mail."""
    row = subscription_of(notice)
    if row is None or row.is_over:
        return None
    invoice = stripe_api.invoices.retrieve_with_payments(notice.data["invoice"])
    if invoice["status"] != "open" or invoice["attempt_count"] > notice.data["attempt"]:
        return None
    intent = _newest_intent(invoice)
    words = base_words(row.holder)
    return {
        **words,
        **_access(row),
        "action_url": invoice.get("hosted_invoice_url") or words["action_url"],
        "plan": plan_name(row),
        "amount": format_amount(invoice["amount_remaining"], invoice["currency"]),
        "confirm": _asks_for_confirmation(intent),
        "payment_method": _tried(intent, row),
        "reason": _reason(intent),
        "next_attempt": moment_of(invoice.get("next_payment_attempt")),
    }


def _newest_intent(invoice: Json) -> Json:
    """The payment that was tried last; empty when none was (nothing on file to try it with)."""
    payments = (invoice.get("payments") or {}).get("data") or []
    newest: Json = max(payments, key=lambda payment: payment["created"], default={})
    intent = (newest.get("payment") or {}).get("payment_intent")
    return intent if isinstance(intent, dict) else {}


def _asks_for_confirmation(intent: Json) -> bool:
    """The bank wants the card's holder to confirm (3-D Secure)."""
    error = intent.get("last_payment_error") or {}
    words = {error.get("code"), error.get("decline_code")}
    return intent.get("status") == "requires_action" or "authentication_required" in words


def _tried(intent: Json, row: Subscription) -> str:
    """What was to be charged: a card, or whatever else is on file; "" when nothing is."""
    tried = (intent.get("last_payment_error") or {}).get("payment_method") or {}
    found = tried.get("card") or card(row.payment_method_id)
    return card_name(found) if found else payment_method_view(row, facts_about(row), next_charge=None).label


def _reason(intent: Json) -> Promise | str:
    error = intent.get("last_payment_error") or {}
    return REASONS.get(error.get("decline_code") or error.get("code") or "", "")


def _access(row: Subscription) -> Words:
    """What becomes of access: until when it stays, or that it is closed, or waits."""
    grace_until = row.grace_until
    return {
        "access": row.grants_access(),
        "grace_until": grace_until if grace_until and grace_until > timezone.now() else None,
        "first_payment": row.status == Status.INCOMPLETE,
        "past_due": row.status == Status.PAST_DUE,
        "next_plan": _plan_name_of(row.pending_plan_slug),
    }


def _plan_name_of(slug: str) -> str:
    plan = find_plan(slug)
    return plan.name if plan else ""


def trial_ending(notice: Notice) -> Words | None:
    """None when the trial was extended, ended or cancelled meanwhile."""
    row = subscription_of(notice)
    if row is None or row.status != Status.TRIALING or row.ends_at is not None:
        return None
    if row.trial_end is None or row.trial_end.isoformat() != notice.data["trial_end"]:
        return None
    method = payment_method_view(row, facts_about(row), next_charge=row.trial_end)
    return {
        **base_words(row.holder),
        **price_words(row),
        "plan": plan_name(row),
        "trial_end": row.trial_end,
        "payment_method": method.label,
    }


def trial_paused(notice: Notice) -> Words | None:
    row = subscription_of(notice)
    if row is None or row.status != Status.PAUSED:
        return None
    return {**base_words(row.holder), **price_words(row), "plan": plan_name(row)}


def plan_ending(notice: Notice) -> Words | None:
    """None when it was resumed, moved or has ended meanwhile."""
    row = subscription_of(notice)
    if row is None or not row.is_live or row.ends_at is None:
        return None
    if row.ends_at.isoformat() != notice.data["ends_at"]:
        return None
    unpaid = row.status in (Status.PAST_DUE, Status.UNPAID)
    return {**base_words(row.holder), "plan": plan_name(row), "ends_at": row.ends_at, "unpaid": unpaid}


def plan_ended(notice: Notice) -> Words | None:
    """None when another subscription took its place."""
    row = subscription_of(notice)
    if row is None or not row.is_current or row.status != Status.CANCELED:
        return None
    return {
        **base_words(row.holder),
        "plan": plan_name(row),
        "ended_at": row.ended_at or row.ends_at,
        "unpaid": cancelled_for_nonpayment(row),
        "plan_now": entitlements_for(row.holder).plan.name,
    }


def card_expiring(notice: Notice) -> Words | None:
    """None when another card pays now."""
    row = subscription_of(notice)
    found = card(row.payment_method_id) if row and row.is_live else None
    if row is None or found is None or row.payment_method_id != notice.data["payment_method"]:
        return None
    if [found["exp_year"], found["exp_month"]] != notice.data["expires"]:
        return None
    return {
        **base_words(row.holder),
        "plan": plan_name(row),
        "card": card_name(found),
        "expiry": f"{found['exp_month']:02}/{found['exp_year']}",
        "renewal": row.current_period_end,
    }


WRITERS: dict[str, Callable[[Notice], Words | None]] = {
    Notice.Kind.PAYMENT_FAILED: payment_failed,
    Notice.Kind.TRIAL_ENDING: trial_ending,
    Notice.Kind.TRIAL_PAUSED: trial_paused,
    Notice.Kind.PLAN_ENDING: plan_ending,
    Notice.Kind.PLAN_ENDED: plan_ended,
    Notice.Kind.CARD_EXPIRING: card_expiring,
}
