"""How the next invoice is paid, and whether that will work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.memory import shown_by_fields
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import Subscription
from apps.subscriptions.tab.facts import Facts

SOON = timedelta(days=30)
# Stripe's words for brands and types whose name is not the word itself.
NAMES = {
    "american_express": "American Express",
    "amex": "American Express",
    "apple_pay": "Apple Pay",
    "au_becs_debit": "BECS Direct Debit",
    "bacs_debit": "Bacs Direct Debit",
    "cartes_bancaires": "Cartes Bancaires",
    "cashapp": "Cash App Pay",
    "diners": "Diners Club",
    "diners_club": "Diners Club",
    "eftpos_au": "eftpos",
    "eftpos_australia": "eftpos",
    "google_pay": "Google Pay",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "paypal": "PayPal",
    "sepa_debit": "SEPA Direct Debit",
    "union_pay": "UnionPay",
    "unionpay": "UnionPay",
    "us_bank_account": "US bank account",
}


@shown_by_fields
@dataclass(frozen=True)
class PaymentMethodView:
    label: str = ""  # "Visa ending in 4242"; "": none on file
    expires: str = ""  # "04/29"; "" for what does not expire
    is_expired: bool = False
    warning: str = ""  # what to do about it, if anything
    is_missing: bool = False  # the next charge will find nothing to charge


def payment_method_view(
    row: Subscription, facts: Facts, *, next_charge: datetime | None
) -> PaymentMethodView:
    """`next_charge`: when it is needed again; None: not at all, as far as we know."""
    data = facts.payment_method
    if facts.subscription.get("collection_method") == "send_invoice":
        return PaymentMethodView(_by_invoice(facts.subscription.get("days_until_due")))
    if data is None:
        return _unseen(row, facts)
    card = data.get("card") or {}
    label = _label(data)
    if not card.get("exp_year") or not card.get("exp_month"):
        return PaymentMethodView(label)
    expired, warning = _expiry(card["exp_year"], card["exp_month"], next_charge)
    return PaymentMethodView(label, f"{card['exp_month']:02}/{card['exp_year'] % 100:02}", expired, warning)


def _unseen(row: Subscription, facts: Facts) -> PaymentMethodView:
    """Cards saved by Stripe's older ways (`default_source`) are charged too, but only their id is known."""
    if row.payment_method_id or facts.subscription.get("default_source"):
        return PaymentMethodView(_("Saved at Stripe"))
    return PaymentMethodView(is_missing=True)


def _by_invoice(days: int | None) -> str:
    return _("By invoice, due within %(days)d days") % {"days": days} if days else _("By invoice")


def _label(data: Json) -> str:
    kind = data.get("type") or "card"
    details = data.get(kind) or {}
    brand = details.get("display_brand") or details.get("brand") or details.get("bank_name")
    name = _name(brand if brand and brand != "unknown" else kind)
    ending = details.get("last4") or details.get("email") or details.get("cashtag")
    text = _("%(name)s ending in %(last4)s") if details.get("last4") else "%(name)s %(last4)s"
    label = text % {"name": name, "last4": ending} if ending else name
    wallet = (details.get("wallet") or {}).get("type")
    return f"{label} ({_name(wallet)})" if wallet else label


def _name(word: str) -> str:
    known = NAMES.get(word)
    return known or (word if word != word.lower() else word.replace("_", " ").capitalize())


def _expiry(year: int, month: int, next_charge: datetime | None) -> tuple[bool, str]:
    """A card is good until the last day of its month."""
    first_day_after = date(year + month // 12, month % 12 + 1, 1)
    today = timezone.localdate()
    if first_day_after <= today:
        return True, _("This card has expired. Add another before the next payment.")
    if next_charge and first_day_after <= timezone.localdate(next_charge):
        return False, _("This card expires before the next payment.")
    if first_day_after <= today + SOON:
        return False, _("This card expires soon.")
    return False, ""
