"""The invoice that comes next, as Stripe works it out. Asked for once, then kept until something changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import invoice_lines, money, stripe_api
from apps.subscriptions.errors import StripeRefused
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import Subscription
from apps.subscriptions.tab.discounts import discount_text
from apps.subscriptions.tab.price import rate_name
from apps.subscriptions.tab.view import bills_again

KEPT_SECONDS = 600
EXPAND = ["total_discount_amounts.discount.source.coupon", "total_taxes.tax_rate_details.tax_rate"]


@dataclass(frozen=True)
class Line:
    text: str
    amount: str


@dataclass(frozen=True)
class NextInvoice:
    """Amounts in words of money; `lines` and `extras` add up to `due`."""

    date: datetime | None
    lines: list[Line]
    extras: list[Line]  # discounts, tax, credit
    due: str
    has_more: bool  # Stripe shows the first ten lines
    is_sent: bool = False  # paid by whoever gets it, some days after its date


def next_invoice(holder: SubscriptionModelBase, row: Subscription | None) -> NextInvoice | None:
    """None when none will come. At most one call to Stripe, none the second time.

    Raises BillingError when Stripe does not answer.
    """
    if row is None or not bills_again(row):
        return None
    preview = _preview(holder, row)
    return _shown(preview, row) if preview else None


def _preview(holder: SubscriptionModelBase, row: Subscription) -> Json:
    """{} when Stripe says that none will come. The key names the state of things it was made from."""
    key = f"next-invoice:{row.stripe_id}:{holder.sync_version}"
    kept: Json | None = cache.get(key)
    if kept is None:
        kept = _ask_stripe(row)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _ask_stripe(row: Subscription) -> Json:
    """A change that waits for the renewal is in the schedule: that is what has to be previewed then."""
    subject = {"schedule": row.schedule_id} if row.schedule_id else {"subscription": row.stripe_id}
    try:
        return stripe_api.invoices.create_preview({**subject, "expand": EXPAND})
    except StripeRefused as error:
        if error.code == "invoice_upcoming_none":
            return {}
        raise


def _shown(preview: Json, row: Subscription) -> NextInvoice:
    currency, lines = preview["currency"], preview["lines"]["data"]
    return NextInvoice(
        date=row.current_period_end,
        lines=[
            Line(text, money.format_amount(line["amount"], currency))
            for text, line in zip(invoice_lines.texts(lines), lines, strict=True)
        ],
        extras=[Line(text, money.format_amount(amount, currency)) for text, amount in _extras(preview)],
        due=money.format_amount(preview["amount_due"], currency),
        has_more=preview["lines"].get("has_more", False),
        is_sent=preview.get("collection_method") == "send_invoice",
    )


def _extras(preview: Json) -> list[tuple[str, int]]:
    """What stands between the lines and the sum: (words, amount in the minor unit)."""
    found = [
        (_discount_words(part["discount"]), -part["amount"])
        for part in preview.get("total_discount_amounts") or []
    ]
    found += [(_tax_words(tax), tax["amount"]) for tax in preview.get("total_taxes") or []]
    if credit := preview["amount_due"] - preview["total"]:
        found.append((_("From your balance"), credit))
    return found


def _discount_words(discount: Any) -> str:
    return discount_text(discount) if isinstance(discount, dict) else _("A discount")


def _tax_words(tax: Json) -> str:
    """Automatic tax names no rate of the shop's own."""
    rate = (tax.get("tax_rate_details") or {}).get("tax_rate")
    name = rate_name(rate) if isinstance(rate, dict) else _("Tax")
    return _("%(tax)s, included") % {"tax": name} if tax.get("tax_behavior") == "inclusive" else name
