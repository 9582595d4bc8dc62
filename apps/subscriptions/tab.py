"""What the Subscription tab shows, in words and amounts ready to print. Reads our rows and the mirror."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from djstripe.models import Invoice, PaymentMethod

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import money
from apps.subscriptions.catalogue import price_by_id
from apps.subscriptions.entitlements import Entitlements
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Status, Subscription

TONES: dict[str, str] = {
    Status.ACTIVE: "good",
    Status.TRIALING: "good",
    Status.PAST_DUE: "warn",
    Status.UNPAID: "bad",
    Status.PAUSED: "warn",
    Status.INCOMPLETE: "warn",
}
INVOICES_SHOWN = 12
INVOICE_STATUS = {
    "paid": gettext_lazy("Paid"),
    "open": gettext_lazy("Open"),
    "void": gettext_lazy("Void"),
    "uncollectible": gettext_lazy("Not collectable"),
}


@dataclass
class SubscriptionView:
    status: str
    status_label: str
    tone: str
    plan_slug: str
    plan_name: str
    interval_label: str
    price_total: str
    price_detail: str
    seats: int | None
    is_flat: bool  # one price, so the number of seats billed says nothing
    renewal: datetime | None
    ends: datetime | None
    trial_end: datetime | None
    past_due: bool
    grace_until: datetime | None
    paused: bool
    resumes: datetime | None  # when paused payments go on; None: nobody knows yet
    confirming: bool
    incomplete: bool
    finish_url: str
    payment_method: str
    can_cancel: bool
    can_resume: bool


@dataclass
class InvoiceLine:
    number: str
    date: datetime
    total: str
    status: str
    url: str
    pdf: str


def subscription_view(entitlements: Entitlements) -> SubscriptionView | None:
    """None when there was none or it is over: then the tab offers plans."""
    row = entitlements.subscription
    if row is None or row.is_over:
        return None
    total, detail = _price_texts(row)
    return SubscriptionView(
        status=row.status,
        status_label=row.status_label,
        tone=TONES.get(row.status, "neutral"),
        plan_slug=row.plan_slug,
        plan_name=_plan_name(row),
        interval_label={"month": _("monthly"), "year": _("yearly")}.get(row.interval, row.interval),
        price_total=total,
        price_detail=detail,
        seats=row.quantity,
        is_flat=_is_flat(row),
        renewal=None if row.ends_at else row.current_period_end,
        ends=row.ends_at,
        trial_end=row.trial_end if row.status == Status.TRIALING else None,
        past_due=row.status == Status.PAST_DUE,
        grace_until=row.grace_until,
        paused=row.collection_paused,
        resumes=row.collection_resumes_at,
        confirming=row.news_expected_since is not None,
        incomplete=row.status == Status.INCOMPLETE,
        finish_url=_open_invoice_url(row),
        payment_method=_payment_method(row),
        can_cancel=row.is_live and row.ends_at is None,
        can_resume=row.is_live and row.ends_at is not None,
    )


def _plan_name(row: Subscription) -> str:
    plan = find_plan(row.plan_slug)
    return plan.name if plan else _("Your plan")


def _price_texts(row: Subscription) -> tuple[str, str]:
    """("$140.00 / month", "7 seats"); ("", "") for a price without a fixed total."""
    price = price_by_id(row.price_id)
    total = money.price_total(price, row.quantity) if price and row.quantity else None
    if price is None or total is None:
        return "", ""
    per = {"month": _("month"), "year": _("year")}.get(row.interval, row.interval)
    amount = money.format_amount(total, price["currency"])
    return f"{amount} / {per}", _unit_text(row, price)


def _is_flat(row: Subscription) -> bool:
    plan = find_plan(row.plan_slug)
    return plan is not None and plan.quantity == "one"


def _unit_text(row: Subscription, price: dict[str, Any]) -> str:
    if _is_flat(row):
        return _("One price, however many of the seats are taken")
    quantity = row.quantity or 1
    seats = ngettext("%(count)d seat", "%(count)d seats", quantity) % {"count": quantity}
    return f"{seats}: {money.spelled_out(price, quantity)}" if quantity > 1 else seats


def _payment_method(row: Subscription) -> str:
    data = (
        PaymentMethod.objects.filter(id=row.payment_method_id).values_list("stripe_data", flat=True).first()
    )
    card = (data or {}).get("card")
    if not card:
        return ""
    brand = card.get("display_brand") or card["brand"]
    expiry = f"{card['exp_month']:02}/{card['exp_year'] % 100:02}"
    return _("%(brand)s ending in %(last4)s, expires %(expiry)s") % {
        "brand": brand.title(),
        "last4": card["last4"],
        "expiry": expiry,
    }


def _open_invoice_url(row: Subscription) -> str:
    """Where an unfinished first payment can be finished: the invoice's page at Stripe."""
    if row.status not in (Status.INCOMPLETE, Status.PAST_DUE, Status.UNPAID):
        return ""
    data = Invoice.objects.filter(id=row.latest_invoice_id).values_list("stripe_data", flat=True).first()
    return (data or {}).get("hosted_invoice_url") or ""


def invoice_lines(holder: SubscriptionModelBase) -> Iterator[InvoiceLine]:
    """The newest invoices, drafts left out (one query)."""
    rows = Invoice.objects.filter(customer__subscriber=holder).exclude(stripe_data__status="draft")
    for data in rows.order_by("-created").values_list("stripe_data", flat=True)[:INVOICES_SHOWN]:
        yield InvoiceLine(
            number=data.get("number") or data["id"],
            date=datetime.fromtimestamp(data["created"], tz=UTC),
            total=money.format_amount(data["total"], data["currency"]),
            status=str(INVOICE_STATUS.get(data["status"], data["status"])),
            url=data.get("hosted_invoice_url") or "",
            pdf=data.get("invoice_pdf") or "",
        )
