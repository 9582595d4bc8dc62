"""Stripe's numbers and states in the words that people read on the hosted pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from stripe_sandbox.billing.amounts.money import digits_of

SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "aud": "A$", "cad": "CA$", "nzd": "NZ$"}
BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}

STATUS_TONES = {
    "active": "good",
    "paid": "good",
    "complete": "good",
    "succeeded": "good",
    "trialing": "info",
    "open": "warn",
    "past_due": "warn",
    "incomplete": "warn",
    "paused": "warn",
    "unpaid": "bad",
    "canceled": "bad",
    "failed": "bad",
    "lost": "bad",
    "requires_payment_method": "warn",
    "requires_action": "warn",
    "needs_response": "warn",
    "won": "good",
    "enabled": "good",
    "released": "info",
    "incomplete_expired": "bad",
    "expired": "bad",
    "void": "bad",
    "uncollectible": "bad",
}

CANCELLATION_REASONS = {
    "too_expensive": "It is too expensive",
    "missing_features": "Some features are missing",
    "switched_service": "We found an alternative",
    "unused": "We do not use it enough",
    "customer_service": "Customer service was less than expected",
    "too_complex": "It is too hard to use",
    "low_quality": "Quality was less than expected",
    "other": "Another reason",
}


def money(minor: int | str | Decimal | None, currency: str) -> str:
    """1234567, "usd" -> "$12,345.67". Fractions of a minor unit are shown, never rounded away."""
    if minor is None:
        return ""
    amount = Decimal(minor).scaleb(-digits_of(currency))
    digits = max(digits_of(currency), -_exponent(amount.normalize()))
    figure = f"{abs(amount):,.{digits}f}"
    symbol = SYMBOLS.get(currency, currency.upper() + "\N{NO-BREAK SPACE}")
    return f"{'−' if amount < 0 else ''}{symbol}{figure}"


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def unit_amount(holder: dict[str, Any]) -> Decimal | None:
    """The unit price of a Price or a tier in minor units; None when it is tiered."""
    raw = holder.get("unit_amount_decimal")
    if raw is None:
        raw = holder.get("unit_amount")
    return None if raw is None else Decimal(raw)


def interval(recurring: dict[str, Any] | None) -> str:
    """ "month", "3 months", "year": what stands behind "per" or "every"."""
    if not recurring:
        return ""
    count = recurring.get("interval_count") or 1
    return recurring["interval"] if count == 1 else f"{count} {recurring['interval']}s"


def per_interval(recurring: dict[str, Any] | None) -> str:
    words = interval(recurring)
    if not words:
        return ""
    return f"every {words}" if words[0].isdigit() else f"per {words}"


def day(timestamp: int | None) -> str:
    return _utc(timestamp, "%-d %B %Y") if timestamp else ""


def billed(recurring: dict[str, Any] | None) -> str:
    """ "monthly", "yearly", "every 3 months": what stands behind "billed"."""
    if not recurring:
        return "once"
    single = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}
    one = (recurring.get("interval_count") or 1) == 1
    return single[recurring["interval"]] if one else per_interval(recurring)


def short_day(timestamp: int | None) -> str:
    return _utc(timestamp, "%-d %b %Y") if timestamp else ""


def moment(timestamp: int | None) -> str:
    return _utc(timestamp, "%-d %b %Y, %H:%M:%S UTC") if timestamp else ""


def stamp(timestamp: int | None) -> str:
    """For dense lists: UTC, sortable."""
    return _utc(timestamp, "%Y-%m-%d %H:%M:%S") if timestamp else ""


def iso(timestamp: int | None) -> str:
    return _utc(timestamp, "%Y-%m-%dT%H:%M:%SZ") if timestamp else ""


def _utc(timestamp: int, form: str) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime(form)


def status_tone(status: str) -> str:
    return STATUS_TONES.get(str(status), "")


def status_words(status: str) -> str:
    return str(status).replace("_", " ").capitalize()  # a test may write any status


def refused_tax_id(kind: str) -> str:
    """`kind`: as people read it, "European Union: VAT"."""
    return f"This is not a number of the kind “{kind}”. Check both, then try again."


def card_words(payment_method: dict[str, Any] | None) -> str:
    """ "Visa ending in 4242"; the kind of method when it is not a card."""
    if not payment_method:
        return ""
    card = payment_method.get("card")
    if not card:
        return status_words(payment_method.get("type", ""))
    return f"{BRANDS.get(card['brand'], card['brand'])} ending in {card['last4']}"


def card_expiry(payment_method: dict[str, Any]) -> str:
    card = payment_method.get("card") or {}
    return f"{card['exp_month']:02d}/{card['exp_year'] % 100:02d}" if card.get("exp_month") else ""


def compact(params: Any) -> str:
    """Request parameters on one line."""
    return json.dumps(params, ensure_ascii=False, separators=(", ", ": ")) if params else ""


def coupon(found: dict[str, Any] | None) -> str:
    """ "20% off for 3 months", "$5.00 off the first invoice"."""
    if not found:
        return ""
    percent = found.get("percent_off")
    off = (
        f"{Decimal(str(percent)).normalize():f}%"
        if percent
        else money(found["amount_off"], found["currency"])
    )
    months = found.get("duration_in_months")
    spans = {"once": " the first invoice", "forever": "", "repeating": f" for {months} months"}
    return f"{off} off{' for 1 month' if months == 1 else spans[found['duration']]}"


def short_json(value: Any) -> str:
    """A value on one line, cut when it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:119]}…"
