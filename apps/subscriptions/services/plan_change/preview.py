"""What a change costs today, as Stripe reckons it, and the proof that somebody was shown it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from apps.subscriptions import invoice_lines, stripe_api
from apps.subscriptions.errors import PreviewTooOld
from apps.subscriptions.gateway import Json
from apps.subscriptions.services.plan_change.decision import PlanChange

SALT = "subscriptions.plan_change"
GOOD_FOR_SECONDS = 60 * 60


@dataclass(frozen=True)
class Line:
    text: str
    amount: int  # in the minor unit


@dataclass(frozen=True)
class Preview:
    """`due_today` and the lines in the minor unit of `currency`. `proof` goes back with the change."""

    due_today: int
    currency: str
    proof: str
    lines: list[Line] = field(default_factory=list)
    discount: int = 0
    tax: int = 0
    credit: int = 0  # of what is owed to the customer, used for this invoice

    @property
    def total(self) -> int:
        return self.due_today + self.credit


def preview(change: PlanChange) -> Preview:
    """One call to Stripe, none for a change that costs nothing today.

    Raises StripeUnavailable, StripeRefused. https://docs.stripe.com/billing/subscriptions/prorations#preview-proration
    """
    currency = change.subscription.currency
    if change.at_renewal or change.in_trial:
        return Preview(0, currency, _proof(change, None))
    details = {"items": [change.item], "proration_behavior": "always_invoice"}
    invoice = stripe_api.invoices.create_preview(
        {"subscription": change.subscription.stripe_id, "subscription_details": details}
    )
    lines = invoice["lines"]["data"]
    return Preview(
        due_today=invoice["amount_due"],
        currency=invoice["currency"],
        proof=_proof(change, _moment(invoice)),
        lines=[
            Line(text, line["amount"]) for text, line in zip(invoice_lines.texts(lines), lines, strict=True)
        ],
        discount=_sum(invoice.get("total_discount_amounts")),
        tax=_tax_on_top(invoice),
        credit=max(0, invoice["total"] - invoice["amount_due"]),
    )


def _sum(parts: list[Json] | None) -> int:
    return sum(part["amount"] for part in parts or [])


def _tax_on_top(invoice: Json) -> int:
    taxes = invoice.get("total_taxes") or []
    return _sum([tax for tax in taxes if tax.get("tax_behavior") != "inclusive"])


def _moment(invoice: Json) -> int | None:
    """The second that the prorations are reckoned for, by Stripe's clock."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    moment: int | None = details.get("subscription_proration_date")
    return moment


def _proof(change: PlanChange, moment: int | None) -> str:
    return signing.dumps([*_subject(change), moment], salt=SALT, compress=True)


def _subject(change: PlanChange) -> list[Any]:
    """Whatever the figures depend on: with another price or number of seats they are no longer true."""
    return [change.subscription.stripe_id, change.subscription.price_id, change.price["id"], change.quantity]


def agreed_moment(change: PlanChange, proof: str) -> int | None:
    """The moment whose figures somebody agreed to; None when none were shown ("").

    Raises PreviewTooOld after an hour, for other figures, and for what we have not signed.
    """
    if not proof:
        return None
    try:
        *subject, moment = signing.loads(proof, salt=SALT, max_age=GOOD_FOR_SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise PreviewTooOld(f"{change.subscription}: {error}") from error
    if subject != _subject(change):
        raise PreviewTooOld(f"{change.subscription}: the preview was of something else")
    return int(moment) if moment else None
