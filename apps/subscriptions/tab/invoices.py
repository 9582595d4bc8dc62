"""The invoice history: newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from djstripe.models import Invoice

from apps.core.billing import SubscriptionModelBase
from apps.core.memory import shown_by_fields
from apps.core.prepared import Prepared
from apps.subscriptions import money
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import Subscription
from apps.subscriptions.stripe_values import moment_of

A_PAGE = 12
LAST_PAGE = 1000
STATUS = {
    "paid": gettext_lazy("Paid"),
    "open": pgettext_lazy("invoice", "Open"),
    "void": gettext_lazy("Void"),
    "uncollectible": gettext_lazy("Not collectable"),
}
TONES = {"paid": "good", "open": "warn", "uncollectible": "bad"}


@shown_by_fields
@dataclass(frozen=True)
class InvoiceLine:
    number: str
    date: datetime
    total: str
    status: str
    tone: str
    note: str  # what else happened to the amount: "$20.00 credited"
    pay_url: str  # "" unless there is something to pay
    url: str
    pdf: str


@shown_by_fields
@dataclass(frozen=True)
class InvoicePage:
    lines: list[InvoiceLine]
    number: int
    has_older: bool


def invoice_page(holder: SubscriptionModelBase, number: str | None = None) -> InvoicePage:
    """Twelve invoices, drafts left out (one query); the first page for a number that makes no sense."""
    page = _page_number(number)
    start = (page - 1) * A_PAGE
    rows = _first.ask(holder=holder.pk) if page == 1 else _invoices(holder.pk)[start : start + A_PAGE + 1]
    found = list(rows)
    return InvoicePage([_line(data) for data in found[:A_PAGE]], page, len(found) > A_PAGE)


def _invoices(holder: Any) -> QuerySet[Any]:
    rows = Invoice.objects.filter(customer__subscriber=holder).exclude(stripe_data__status="draft")
    return rows.order_by("-created", "-djstripe_id").values_list("stripe_data", flat=True)


_first: Prepared[Json] = Prepared(
    lambda holder: _invoices(holder)[: A_PAGE + 1], holder=Subscription._meta.get_field("holder")
)


def _page_number(text: str | None) -> int:
    try:
        return min(max(1, int(text or 1)), LAST_PAGE)
    except ValueError:
        return 1


def _line(data: Json) -> InvoiceLine:
    owed = data["status"] == "open" and (data.get("amount_remaining") or 0) > 0
    url = data.get("hosted_invoice_url") or ""
    return InvoiceLine(
        number=data.get("number") or data["id"],
        date=moment_of(data["created"]),
        total=money.format_amount(data["total"], data["currency"]),
        status=_status(data),
        tone=TONES.get(data["status"], "neutral"),
        note=_note(data),
        pay_url=url if owed else "",
        url=url,
        pdf=data.get("invoice_pdf") or "",
    )


def _status(data: Json) -> str:
    if data["status"] == "open" and data.get("due_date") and data["due_date"] < timezone.now().timestamp():
        return _("Overdue")
    if data["status"] == "open" and data.get("attempt_count"):
        return _("Payment failed")
    return str(STATUS.get(data["status"], data["status"]))


def _note(data: Json) -> str:
    """A refund made without a credit note stands on the payment alone, which the mirror does not keep."""
    credited = (data.get("pre_payment_credit_notes_amount") or 0) + (
        data.get("post_payment_credit_notes_amount") or 0
    )
    if credited:
        return _("%(amount)s credited") % {"amount": money.format_amount(credited, data["currency"])}
    remaining = data.get("amount_remaining") or 0
    if data["status"] == "open" and 0 < remaining < data["total"]:
        return _("%(amount)s to pay") % {"amount": money.format_amount(remaining, data["currency"])}
    return ""
