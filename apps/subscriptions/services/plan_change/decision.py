"""What a wish for another plan means: now or at the renewal, to which price, for how many; or why not."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import money
from apps.subscriptions.catalogue import price_by_id, prices_for_sale
from apps.subscriptions.errors import (
    ChangeRefused,
    NothingToChange,
    NothingToManage,
    PaymentWaiting,
    PlanTooSmall,
    PriceMissing,
)
from apps.subscriptions.gateway import Json
from apps.subscriptions.holders import billed_quantity
from apps.subscriptions.metadata import PlanInterval, ProductMetadata, find_plan
from apps.subscriptions.models import Status, Subscription

PER_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}

# What to do first, in the states in which Stripe would bill a change wrongly or not at all.
FIRST: dict[str, str | Promise] = {
    Status.PAST_DUE: _("The last payment failed. Pay the open invoice first, then change the plan."),
    Status.UNPAID: _("There is an unpaid invoice. Pay it first, then change the plan."),
    Status.PAUSED: _("Your plan is paused. Add a card first, then change the plan."),
}
UNKNOWN = _("Your subscription is in a state we do not know. Write to us before you change the plan.")
ON_HOLD = _("Payments are on hold. The plan can be changed when they go on.")
ENDING = _("Your plan is about to end. Keep it first, then change it.")


@dataclass(frozen=True)
class PlanChange:
    """A change that may be made. `quantity` is None for a price that is billed by use."""

    holder: SubscriptionModelBase
    subscription: Subscription
    plan: ProductMetadata
    interval: PlanInterval
    price: Json  # in the subscription's currency
    quantity: int | None
    at_renewal: bool

    @property
    def in_trial(self) -> bool:
        """Every switch is free and immediate then, and the trial goes on."""
        return self.subscription.status == Status.TRIALING

    @property
    def item(self) -> Json:
        """The plan's item as it is to be; add-ons stay as they are."""
        item = {"id": self.subscription.plan_item_id, "price": self.price["id"]}
        return item if self.quantity is None else {**item, "quantity": self.quantity}


def decide(holder: SubscriptionModelBase, plan: ProductMetadata, interval: PlanInterval) -> PlanChange:
    """Raises NothingToManage, PaymentWaiting, ChangeRefused, NothingToChange, PlanTooSmall, PriceMissing."""
    current = changeable(holder)
    _refuse_same(current, plan, interval)
    price = _price(current, plan, interval)
    if plan.max_seats is not None and holder.get_quantity() > plan.max_seats:
        raise PlanTooSmall(f"{holder.pk} has more than {plan.max_seats} seats")
    return PlanChange(
        holder=holder,
        subscription=current,
        plan=plan,
        interval=interval,
        price=price,
        quantity=None if money.is_metered(price) else billed_quantity(holder, plan),
        at_renewal=current.status != Status.TRIALING and _is_downgrade(holder, current, plan, price),
    )


def changeable(holder: SubscriptionModelBase) -> Subscription:
    """The subscription whose plan may be changed. Raises NothingToManage, PaymentWaiting, ChangeRefused."""
    current: Subscription | None = holder.subscriptions.filter(is_current=True).first()
    if current is None or current.is_over:
        raise NothingToManage(f"{holder.pk} has no subscription to change")
    if current.status == Status.INCOMPLETE:
        raise PaymentWaiting(str(current))
    if why := _why_not(current):
        raise ChangeRefused(str(current), customer_text=why)
    return current


def _why_not(current: Subscription) -> str | Promise | None:
    if current.status not in (Status.TRIALING, Status.ACTIVE):
        return FIRST.get(current.status, UNKNOWN)
    if current.collection_paused:
        return ON_HOLD
    return ENDING if current.ends_at else None


def _refuse_same(current: Subscription, plan: ProductMetadata, interval: PlanInterval) -> None:
    wanted = (plan.slug, str(interval))
    if wanted == (current.plan_slug, current.interval):
        raise NothingToChange(str(current))
    if wanted == (current.next_plan_slug, current.next_interval):
        raise NothingToChange(str(current), customer_text=_("This change is planned already."))
    if current.waits_for_payment and wanted == (current.pending_plan_slug, current.pending_interval):
        raise NothingToChange(str(current), customer_text=_("This change waits for your payment."))


def _price(current: Subscription, plan: ProductMetadata, interval: PlanInterval) -> Json:
    """Stripe bills a subscription in one currency for as long as it lives."""
    price = prices_for_sale().get((plan.slug, interval)) if plan.is_sold else None
    if price is None or current.currency not in money.currencies_of(price):
        raise PriceMissing(f"No active price {plan.lookup_key(interval)} in {current.currency}")
    return money.in_currency(price, current.currency)


def _is_downgrade(
    holder: SubscriptionModelBase, current: Subscription, plan: ProductMetadata, price: Json
) -> bool:
    """Whether what is paid for already is worth more, so that it is used up first.

    A shorter interval always waits; the same plan for longer never does; else the year's price decides.
    """
    old = price_by_id(current.price_id)
    if old is None:
        return False
    here, there = _times_a_year(old), _times_a_year(price)
    if there != here and (there > here or plan.slug == current.plan_slug):
        return there > here
    old = money.in_currency(old, current.currency)
    before = _yearly(old, billed_quantity(holder, find_plan(current.plan_slug)))
    after = _yearly(price, billed_quantity(holder, plan))
    return before is not None and after is not None and after < before


def _times_a_year(price: Json) -> Fraction:
    recurring = price["recurring"]
    return Fraction(PER_YEAR[recurring["interval"]], recurring.get("interval_count") or 1)


def _yearly(price: Json, quantity: int) -> Fraction | None:
    """In the minor unit; None for a price without a fixed total."""
    total = money.price_total(price, quantity)
    return None if total is None else total * _times_a_year(price)
