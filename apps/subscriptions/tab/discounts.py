"""Discounts in words, and what is left of a price after them: https://docs.stripe.com/billing/subscriptions/coupons"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_percent
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from apps.core.dates import day_text
from apps.subscriptions import money
from apps.subscriptions.gateway import Json
from apps.subscriptions.stripe_values import moment_of


def running_discounts(subscription: Json) -> list[Json]:
    """Those that still count, in the order Stripe takes them off."""
    own = [row for row in subscription.get("discounts") or [] if isinstance(row, dict)]
    now = timezone.now().timestamp()
    return [row for row in own if not row.get("end") or row["end"] > now]


def lasts(discount: Json) -> bool:
    """False for one that is used up by the next invoice."""
    return _coupon(discount).get("duration") != "once"


def net_amount(amount: int, discounts: list[Json], currency: str) -> int | None:
    """What is left of `amount` (minor unit), each taken off what the one before left; None: unknown."""
    left = Decimal(amount)
    for discount in discounts:
        coupon = _coupon(discount)
        if coupon.get("percent_off") is not None:
            share = left * Decimal(str(coupon["percent_off"])) / 100
            left -= share.quantize(Decimal(1), rounding=ROUND_HALF_UP)
        elif coupon.get("amount_off") is not None and coupon.get("currency") == currency:
            left = max(Decimal(0), left - coupon["amount_off"])
        else:
            return None
    return int(left)


def discount_text(discount: Json) -> str:
    """As in "20% off until 3 March 2027 (LAUNCH)" or "$10.00 off the next invoice"."""
    coupon = _coupon(discount)
    text = _how_long(discount, coupon, _how_much(coupon))
    name = _name(discount, coupon)
    return f"{text} ({name})" if name else text


def percent_text(percent: Decimal) -> str:
    """12.5 -> "12.5%", as the reader's language writes it."""
    locale = to_locale(get_language() or "en")
    return format_percent(percent / 100, locale=locale, decimal_quantization=False)


def _how_much(coupon: Json) -> str:
    if coupon.get("percent_off") is not None:
        return _("%(amount)s off") % {"amount": percent_text(Decimal(str(coupon["percent_off"])))}
    if coupon.get("amount_off") is not None and coupon.get("currency"):
        return _("%(amount)s off") % {"amount": money.format_amount(coupon["amount_off"], coupon["currency"])}
    return _("A discount")


def _how_long(discount: Json, coupon: Json, text: str) -> str:
    if discount.get("end"):
        date = day_text(moment_of(discount["end"]))
        return _("%(discount)s until %(date)s") % {"discount": text, "date": date}
    if coupon.get("duration") == "once":
        return _("%(discount)s the next invoice") % {"discount": text}
    return text


def _name(discount: Json, coupon: Json) -> str:
    """The code somebody typed, else the name the coupon carries on invoices."""
    code = discount.get("promotion_code")
    typed = code.get("code") if isinstance(code, dict) else ""
    return typed or coupon.get("name") or ""


def _coupon(discount: Json) -> Json:
    """Empty for a coupon that is gone, or that Stripe named only by its id."""
    coupon = (discount.get("source") or {}).get("coupon") or discount.get("coupon")
    return coupon if isinstance(coupon, dict) else {}
