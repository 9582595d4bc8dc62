"""A change of plan as its page says it: from what to what, when, and what is due today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.subscriptions import money
from apps.subscriptions.catalogue import price_by_id
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.pricing.words import price_text
from apps.subscriptions.services.plan_change import PlanChange, Preview


@dataclass(frozen=True)
class Side:
    """One of the two plans: "Pro", "$40.00", "2 seats: 2 × $20.00, per month"."""

    name: str
    figure: str
    note: str


@dataclass(frozen=True)
class SumLine:
    text: str
    amount: str


@dataclass(frozen=True)
class ChangeView:
    slug: str
    interval: str
    before: Side
    after: Side
    same_plan: bool  # only the interval changes
    at_renewal: bool
    in_trial: bool
    renewal: datetime | None
    trial_end: datetime | None
    next_name: str  # a change that waits already and is replaced
    due_today: int | None = None  # in the minor unit; None: not asked yet
    due_text: str = ""
    proof: str = ""
    lines: list[SumLine] = field(default_factory=list)


def change_view(change: PlanChange, preview: Preview | None = None) -> ChangeView:
    """Without a preview nothing asks Stripe: the plans and when the change takes place. Two queries."""
    row = change.subscription
    waiting = find_plan(row.next_plan_slug)
    shown: dict[str, Any] = {} if preview is None else _figures(preview)
    return ChangeView(
        slug=change.plan.slug,
        interval=str(change.interval),
        before=_side_before(change),
        after=_side(change.plan.name, change.price, change.quantity, flat=change.plan.quantity == "one"),
        same_plan=change.plan.slug == row.plan_slug,
        at_renewal=change.at_renewal,
        in_trial=change.in_trial,
        renewal=row.current_period_end,
        trial_end=row.trial_end,
        next_name=waiting.name if waiting else "",
        **shown,
    )


def _side_before(change: PlanChange) -> Side:
    row = change.subscription
    plan, price = find_plan(row.plan_slug), price_by_id(row.price_id)
    name = plan.name if plan else _("Your plan")
    if price is None:
        return Side(name, "", "")
    shown = money.in_currency(price, row.currency)
    return _side(name, shown, row.quantity, flat=plan is not None and plan.quantity == "one")


def _side(name: str, price: money.Price, quantity: int | None, *, flat: bool) -> Side:
    text = price_text(price, quantity or 1, flat=flat)
    return Side(name, text.figure if text else "", text.note if text else "")


def _figures(preview: Preview) -> dict[str, Any]:
    def said(amount: int) -> str:
        return money.format_amount(amount, preview.currency)

    lines = [SumLine(line.text, said(line.amount)) for line in preview.lines]
    extras = (
        (_("Discount"), -preview.discount),
        (_("Tax"), preview.tax),
        (_("From your credit"), -preview.credit),
    )
    lines += [SumLine(text, said(amount)) for text, amount in extras if amount]
    return {
        "due_today": preview.due_today,
        "due_text": said(preview.due_today),
        "proof": preview.proof,
        "lines": lines,
    }
