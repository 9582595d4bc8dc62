"""What each mail is shown and tested with. Nothing here is stored, and nobody is real.

A new mail gets a line here: a test fails until it has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.template.defaultfilters import slugify
from django.urls import reverse
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.core.addresses import absolute_url
from apps.subscriptions.mails.notices import FOR_OPERATORS
from apps.subscriptions.mails.words import card_name
from apps.subscriptions.money import format_amount
from apps.subscriptions.tab.periods import span

ADA = "ada@example.com"
NOW = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
STRIPE = "https://dashboard.stripe.com/test"
# Said in the language of the preview, as the product says it.
usd = lazy(lambda cents: format_amount(cents, "usd"), str)
MONTHLY = format_lazy("{} / {}", usd(14000), lazy(span, str)("month", 1))
VISA = lazy(card_name, str)({"brand": "visa", "last4": "4242"})
HEADINGS: dict[str, str | Promise] = {
    "account": _("Accounts"),
    "mfa": _("Two-step sign-in and passkeys"),
    "socialaccount": _("Accounts elsewhere"),
    "users": _("Leaving and personal data"),
    "teams": _("Teams"),
    "subscriptions": _("Billing"),
    "operators": _("For ADMINS"),
}


@dataclass(frozen=True)
class Sample:
    """`case` tells several of one mail apart."""

    mail: str
    words: dict[str, Any] = field(default_factory=dict)
    case: str = ""

    @property
    def template(self) -> str:
        return f"emails/{self.mail}.txt"

    @property
    def slug(self) -> str:
        return slugify(f"{self.mail.replace('/', '-')} {self.case}")

    @property
    def group(self) -> str:
        folder, _slash, name = self.mail.partition("/")
        return "operators" if folder == "subscriptions" and name in FOR_OPERATORS else folder


def samples() -> list[Sample]:
    """In the order they are shown."""
    return [*_account(), *_leaving(), *_teams(), *_payers(), *_operators(), *_alerts()]


def _account() -> Iterator[Sample]:
    confirm = {"email": ADA, "action_url": _url("account_confirm_email", "MTA:1vKx:abc123"), "user": None}
    reset = {"email": ADA, "action_url": _url("account_reset_password_from_key", "1x", "abc-123")}
    yield Sample("account/email_confirmation_signup", confirm)
    yield Sample("account/email_confirmation", confirm)
    yield Sample("account/login_code", {"code": "QX4D-7HKM"})
    yield Sample("account/password_reset_key", reset)
    yield Sample("account/password_reset_code", {"code": "QX4D-7HKM"})
    yield Sample("account/account_already_exists", {**reset, "action_url": _url("account_reset_password")})
    yield Sample("account/address_taken", {"email": ADA, "action_url": _url("account_login")})
    yield Sample("account/unknown_account", {"email": ADA, "action_url": _url("account_signup")})
    addresses = {"from_email": "old@example.com", "to_email": ADA, "deleted_email": "second@example.com"}
    for name in ("email_confirm", "email_deleted", "password_changed", "password_reset", "password_set"):
        yield Sample(f"account/{name}", {**_change(), **addresses})
    yield Sample("account/two_step_off_by_support", {**_change(), "at": NOW})
    yield Sample("account/email_changed", {**_change(), **addresses, "action_url": ""})
    for name in ("totp_activated", "totp_deactivated", "recovery_codes_generated"):
        yield Sample(f"mfa/{name}", _change())
    yield Sample("mfa/webauthn_added", _change())
    yield Sample("mfa/webauthn_removed", _change())
    yield Sample("socialaccount/account_connected", {**_change(), "provider": "Google"})
    yield Sample("socialaccount/account_disconnected", {**_change(), "provider": "GitHub"})


def _change() -> dict[str, Any]:
    """What is told of a change to how somebody signs in."""
    remedy = _url("account_reset_password")
    return {"ip": "192.0.2.7", "user_agent": FIREFOX, "timestamp": NOW, "action_url": remedy}


def _leaving() -> Iterator[Sample]:
    words = {"contact": settings.CONTACT_EMAIL, "until": "10 December 2026"}
    profile = _url("users:profile")
    yield Sample("users/export_ready", {**words, "action_url": profile})
    yield Sample("users/export_failed", {**words, "action_url": profile})
    yield Sample("users/account_deleted", words)


def _teams() -> Iterator[Sample]:
    team = {"team": "Analytical Engines", "by": "Ada Lovelace", "heir": "Charles Babbage", "role": "Admin"}
    there = {**team, "action_url": _url("team:members", "analytical-engines")}
    invitation = {
        **team,
        "invitation": SimpleNamespace(email="grace@example.com"),
        "inviter": f"Ada Lovelace ({ADA})",
        "expires_at": NOW + timedelta(days=7),
        "action_url": _url("teams:invitation", "0123456789abcdef"),
        "logo_url": "",
    }
    long = "Society for the Improvement of Analytical Engines in Greater London and Wales Ltd"
    yield Sample("teams/invitation", invitation)
    yield Sample(
        "teams/invitation", {**invitation, "team": long, "inviter": ""}, case="long name, no inviter"
    )
    for name in ("role_changed", "owner_now", "handed_over"):
        yield Sample(f"teams/{name}", there)
    for name in ("removed", "team_deleted"):
        yield Sample(f"teams/{name}", {**team, "action_url": _url("teams:list")})


def _payers() -> Iterator[Sample]:
    paid = {
        "holder": "Analytical Engines",
        "plan": "Pro",
        "price": MONTHLY,
        "tax": "",
        "discounts": [],
        "action_url": absolute_url("/a/analytical-engines/subscription/"),
    }
    failed = {
        **paid,
        "amount": usd(14000),
        "confirm": False,
        "payment_method": VISA,
        "reason": _("There was not enough money on it."),
        "next_attempt": NOW + timedelta(days=3),
        "first_payment": False,
        "next_plan": "",
        "past_due": True,
        "access": True,
        "grace_until": NOW + timedelta(days=21),
    }
    yield Sample("subscriptions/payment_failed", failed)
    yield Sample("subscriptions/payment_failed", {**failed, "confirm": True}, case="the bank asks")
    last = {"payment_method": "", "reason": "", "next_attempt": None, "access": False, "past_due": False}
    yield Sample("subscriptions/payment_failed", {**failed, **last}, case="no card, last attempt")
    trial = {**paid, "trial_end": NOW + timedelta(days=3), "payment_method": VISA}
    yield Sample("subscriptions/trial_ending", trial)
    yield Sample("subscriptions/trial_paused", paid)
    yield Sample("subscriptions/plan_ending", {**paid, "ends_at": NOW + timedelta(days=9), "unpaid": False})
    ended = {**paid, "ended_at": NOW, "unpaid": False, "plan_now": "Free"}
    yield Sample("subscriptions/plan_ended", ended)
    yield Sample("subscriptions/plan_ended", {**ended, "unpaid": True}, case="not paid")
    card = {"card": VISA, "expiry": "12/2026", "renewal": NOW + timedelta(days=20)}
    yield Sample("subscriptions/card_expiring", {**paid, **card})


def _operators() -> Iterator[Sample]:
    """About somebody's money."""
    about = {
        "holder": "Analytical Engines",
        "plan": "Pro",
        "stripe_id": "sub_1Qx2Yz",
        "action_url": _url("admin:subscriptions_subscription_changelist"),
    }
    cancelled = {
        **about,
        "seats": 7,
        "value": usd(14000),
        "since": NOW - timedelta(days=200),
        "ended_at": NOW,
        "unpaid": False,
        "feedback": "too expensive",
        "comment": "We are fewer people now.",
    }
    yield Sample("subscriptions/subscription_cancelled", cancelled)
    payment = {"holder": "Analytical Engines", "stripe_id": "ch_1Qx2Yz", "amount": usd(14000)}
    refund = {
        **payment,
        "refunded": usd(4000),
        "is_full": False,
        "action_url": f"{STRIPE}/payments/ch_1Qx2Yz",
    }
    yield Sample("subscriptions/charge_refunded", refund)
    dispute = {
        **payment,
        "stripe_id": "du_1Qx2Yz",
        "reason": "product not received",
        "status": "needs response",
    }
    dispute |= {"due_by": NOW + timedelta(days=7), "action_url": f"{STRIPE}/disputes/du_1Qx2Yz"}
    yield Sample("subscriptions/dispute_opened", dispute)
    yield Sample("subscriptions/dispute_closed", {**dispute, "status": "won"})
    yield Sample("subscriptions/unknown_product", {**about, "plan": "", "product": "prod_1Qx2Yz"})


def _alerts() -> Iterator[Sample]:
    """To operators, about what waits or differs."""
    drift = {
        "left": [("quantity", 2)],
        "mended": [("status", 1)],
        "left_count": 2,
        "mended_count": 1,
        "error": "",
        "action_url": _url("admin:subscriptions_drift_changelist"),
    }
    yield Sample("subscriptions/drift_found", drift)
    inbox = _url("admin:subscriptions_webhookevent_changelist")
    event = {"event": "evt_1Qx2Yz", "type": "invoice.paid", "customer": "cus_1Qx2Yz", "attempts": 12}
    event |= {"error": "OperationalError: the database is away", "action_url": inbox}
    given_up = {**event, "received_at": NOW - timedelta(days=3), "all": "1", "all_url": inbox}
    yield Sample("subscriptions/event_given_up", given_up)
    late = {
        **event,
        "waiting": 42,
        "counted": "42",
        "failing": 3,
        "at": NOW,
        "since": NOW - timedelta(hours=1),
    }
    yield Sample("subscriptions/events_late", late)
    yield Sample("subscriptions/events_late_over", {"at": NOW, "action_url": inbox})
    silent = {"since": NOW - timedelta(minutes=20), "until": NOW, "minutes": 20}
    beat = _url("admin:django_celery_beat_periodictask_changelist")
    yield Sample("subscriptions/sweeper_silent", {**silent, "action_url": beat})


def _url(name: str, *args: str) -> str:
    return absolute_url(reverse(name, args=args))
