"""One subscription as the tab, the home page and the cancel page show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.memory import shown_by_fields
from apps.subscriptions.entitlements import Entitlements
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import LIVE_STATUSES, Status, Subscription
from apps.subscriptions.tab.facts import Facts, facts_about
from apps.subscriptions.tab.payment_method import PaymentMethodView, payment_method_view
from apps.subscriptions.tab.periods import interval_of, rhythm
from apps.subscriptions.tab.price import AddOn, PriceView, add_ons, is_flat, price_view

TONES: dict[str, str] = {
    Status.ACTIVE: "good",
    Status.TRIALING: "good",
    Status.PAST_DUE: "warn",
    Status.UNPAID: "bad",
    Status.PAUSED: "warn",
    Status.INCOMPLETE: "warn",
}
# For an unpaid one Stripe goes on writing invoices, and charges none of them.
CHARGED = LIVE_STATUSES - {Status.PAUSED, Status.UNPAID}
WAITS_FOR_PAYMENT = (Status.INCOMPLETE, Status.PAST_DUE, Status.UNPAID)


@shown_by_fields
@dataclass(frozen=True)
class Change:
    """A change that waits: for its payment, or for the renewal."""

    plan_name: str
    interval_label: str
    at: datetime | None
    pay_url: str = ""


@shown_by_fields
@dataclass(frozen=True)
class SubscriptionView:
    status: str
    status_label: str
    tone: str
    plan_slug: str
    plan_name: str
    plan_known: bool
    interval_label: str
    price: PriceView
    seats: int | None  # None: metered
    is_flat: bool
    seats_allowed: int | None  # None: any number
    seats_plan: str  # the plan that says so: what is open now, given away or not
    is_open: bool  # access by this subscription now
    renewal: datetime | None  # end of the period, paid or not; None while it is to end
    ends: datetime | None
    has_ended: bool  # by the clock, before Stripe said so
    trial_end: datetime | None
    past_due: bool
    grace_until: datetime | None
    paused: bool
    resumes: datetime | None  # when paused payments go on; None: nobody knows yet
    confirming: bool
    incomplete: bool
    finish_url: str  # where what is owed can be paid; "" when nothing is, or nobody knows where
    payment_method: PaymentMethodView
    can_cancel: bool
    can_resume: bool
    can_change: bool
    has_second: bool
    add_ons: list[AddOn] = field(default_factory=list)
    bills_again: bool = False  # Stripe has a next invoice to show
    pending: Change | None = None
    next_change: Change | None = None

    @property
    def price_total(self) -> str:
        """What is paid, as in "$105.00 / month"; "" for a price without a fixed amount."""
        return self.price.total

    @property
    def renews(self) -> bool:
        """False where the period is not paid, and for a word we do not know: the date promises nothing."""
        return self.renewal is not None and self.status in (Status.ACTIVE, Status.TRIALING)

    @property
    def stays_open(self) -> bool:
        """Access lasts until the plan ends. While a payment is overdue it may end sooner."""
        return self.is_open and not self.past_due


def subscription_view(entitlements: Entitlements) -> SubscriptionView | None:
    """None when there was none or it is over: then the tab offers plans. One query."""
    row = entitlements.subscription
    if row is None or row.is_over:
        return None
    facts = facts_about(row)
    trial_end = row.trial_end if row.status == Status.TRIALING else None
    renewal = None if row.ends_at else row.current_period_end
    has_ended = row.ends_at is not None and row.ends_at <= timezone.now()
    plan = find_plan(row.plan_slug)
    return SubscriptionView(
        status=row.status,
        status_label=_status_label(row),
        tone=TONES.get(row.status, "neutral"),
        plan_slug=row.plan_slug,
        plan_name=_plan_name(row, facts),
        plan_known=plan is not None,
        interval_label=_interval_label(row, facts),
        price=price_view(row, facts),
        seats=row.quantity,
        is_flat=is_flat(row),
        seats_allowed=entitlements.seat_limit,
        seats_plan=entitlements.plan.name,
        is_open=row.access().granted,
        renewal=renewal,
        ends=row.ends_at,
        has_ended=has_ended,
        trial_end=trial_end,
        past_due=row.status == Status.PAST_DUE,
        grace_until=row.grace_until,
        paused=row.collection_paused,
        resumes=row.collection_resumes_at,
        confirming=row.news_expected_since is not None,
        incomplete=row.status == Status.INCOMPLETE,
        finish_url=facts.pay_url if row.status in WAITS_FOR_PAYMENT else "",
        payment_method=payment_method_view(row, facts, next_charge=trial_end or renewal),
        can_cancel=row.is_live and row.ends_at is None,
        can_resume=row.is_live and row.ends_at is not None and not has_ended,
        can_change=row.status in (Status.ACTIVE, Status.TRIALING) and row.ends_at is None,
        has_second=facts.has_second,
        add_ons=add_ons(row, facts),
        bills_again=bills_again(row),
        pending=_pending(row, facts),
        next_change=_next_change(row, facts),
    )


def bills_again(row: Subscription) -> bool:
    """Whether Stripe may charge another invoice by itself, as far as our row can tell.

    Seats that changed since the last invoice are settled at the end of the period, even when the plan ends
    with it: https://docs.stripe.com/billing/subscriptions/cancel
    """
    if row.status not in CHARGED or _on_hold_at_renewal(row):
        return False
    if row.ends_at is None or row.current_period_end is None or row.ends_at > row.current_period_end:
        return True
    return not is_flat(row)


def _on_hold_at_renewal(row: Subscription) -> bool:
    resumes, renewal = row.collection_resumes_at, row.current_period_end
    return row.collection_paused and (resumes is None or renewal is None or resumes > renewal)


def _status_label(row: Subscription) -> str:
    """A word of Stripe's that we do not know is shown as it is, readable."""
    return row.status_label if row.status in Status else row.status.replace("_", " ").capitalize()


def _plan_name(row: Subscription, facts: Facts) -> str:
    """For a product ACTIVE_PRODUCTS does not know, its name at Stripe."""
    item, plan = facts.item(row.plan_item_id), find_plan(row.plan_slug)
    return plan.name if plan else (item.product_name if item else "") or _("Your plan")


def _interval_label(row: Subscription, facts: Facts) -> str:
    item = facts.item(row.plan_item_id)
    interval, count = interval_of(item.price) if item else ("", 1)
    return rhythm(interval or row.interval, count)


def _pending(row: Subscription, facts: Facts) -> Change | None:
    """Stripe drops the change when it is not paid in time."""
    if not row.waits_for_payment:
        return None
    name = _name_of(row.pending_plan_slug, "")
    return Change(name, rhythm(row.pending_interval), row.pending_until, facts.pay_url)


def _next_change(row: Subscription, facts: Facts) -> Change | None:
    if row.next_change_at is None:
        return None
    name = _name_of(row.next_plan_slug, facts.next_product_name)
    return Change(name, rhythm(row.next_interval), row.next_change_at)


def _name_of(slug: str, product_name: str) -> str:
    plan = find_plan(slug)
    return plan.name if plan else product_name or _("another plan")
