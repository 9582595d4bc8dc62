"""Plans as cards: what they are comes from metadata.py, what they cost from Stripe's mirror."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import money
from apps.subscriptions.catalogue import prices_for_sale
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import ACTIVE_PLAN_INTERVALS, ACTIVE_PRODUCTS, PlanInterval, ProductMetadata
from apps.subscriptions.services.checkout import trial_days_for

SEATS_SHOWN_AT_MOST = 50


@dataclass
class PlanCard:
    slug: str
    name: str
    description: str
    features: tuple[str, ...]
    price: str = ""  # the big text
    price_note: str = ""
    total: str = ""  # for the chosen number of seats
    total_note: str = ""
    action: str = "none"  # checkout | contact | signup | none
    action_url: str = ""
    action_label: str = ""
    highlighted: bool = False
    trial_days: int = 0
    reason: str = ""  # why it cannot be chosen


@dataclass
class Pricing:
    interval: PlanInterval
    seats: int
    plans: list[PlanCard] = field(default_factory=list)
    seats_max: int = SEATS_SHOWN_AT_MOST

    @property
    def intervals(self) -> list[tuple[str, str]]:
        labels = {PlanInterval.MONTH: _("Monthly"), PlanInterval.YEAR: _("Yearly")}
        return [(str(interval), labels[interval]) for interval in ACTIVE_PLAN_INTERVALS]


def pricing_for(
    interval: str | None,
    seats: str | int | None,
    *,
    holder: SubscriptionModelBase | None = None,
    may_buy: bool = False,
) -> Pricing:
    """The cards for an interval and a number of seats; what makes no sense falls back to the first and to 1.

    Two queries: the prices, and whether the holder had its trial.
    """
    pricing = Pricing(_interval(interval), _seats(seats))
    prices = prices_for_sale()
    for plan in ACTIVE_PRODUCTS:
        if not plan.hidden:
            card = _card(plan, prices.get((plan.slug, pricing.interval)), pricing)
            _offer(card, plan, holder, may_buy)
            pricing.plans.append(card)
    return pricing


def _interval(value: str | None) -> PlanInterval:
    return PlanInterval(value) if value in ACTIVE_PLAN_INTERVALS else ACTIVE_PLAN_INTERVALS[0]


def _seats(value: str | int | None) -> int:
    try:
        return min(max(1, int(value or 1)), 10_000)
    except ValueError:
        return 1


def _card(plan: ProductMetadata, price: dict[str, Any] | None, pricing: Pricing) -> PlanCard:
    description = _(plan.description) if plan.description else ""  # gettext("") is the catalogue's header
    card = PlanCard(plan.slug, plan.name, description, tuple(_(feature) for feature in plan.features))
    if plan.is_default and price is None:
        card.price, card.price_note = _("Free"), _("for ever")
    elif price is None or plan.contact_url:
        card.price, card.price_note = _("Let's talk"), _("Prices to your needs")
    else:
        _fill_price(card, plan, price, pricing)
    card.price = plan.price_displays.get(pricing.interval, card.price)
    return card


def _fill_price(card: PlanCard, plan: ProductMetadata, price: dict[str, Any], pricing: Pricing) -> None:
    seats = 1 if plan.quantity == "one" else pricing.seats
    total = money.price_total(price, seats)
    if total is None:
        card.price, card.price_note = _("Let's talk"), _("Prices to your needs")
        return
    per = _("per month") if pricing.interval == PlanInterval.MONTH else _("per year")
    card.total = money.format_amount(total, price["currency"])
    if plan.quantity == "one":
        card.price, card.price_note = card.total, _("flat, %(per)s") % {"per": per}
        card.total_note = per
        return
    first = money.price_total(price, 1) or 0
    card.price = money.format_amount(first, price["currency"])
    card.price_note = _("per seat, %(per)s") % {"per": per}
    seats_text = ngettext("%(count)d seat", "%(count)d seats", seats) % {"count": seats}
    card.total_note = f"{seats_text}, {per}"
    if seats > 1:
        card.total_note = f"{money.spelled_out(price, seats)}, {per}"


def _offer(
    card: PlanCard, plan: ProductMetadata, holder: SubscriptionModelBase | None, may_buy: bool
) -> None:
    card.trial_days = _trial_days(plan, holder)
    card.highlighted = plan.is_sold and plan.quantity == "holder"
    if plan.contact_url:
        card.action, card.action_url, card.action_label = "contact", plan.contact_url, _("Talk to us")
    elif plan.is_default:
        _offer_signup(card, holder, _("Start free"))
    elif not plan.is_sold or not card.total:
        return
    elif holder is None:
        _offer_signup(card, holder, _start_label(card))
    elif plan.max_seats is not None and holder.get_quantity() > plan.max_seats:
        card.reason = _("Your team has more people than this plan takes.")
    elif may_buy:
        card.action, card.action_url = "checkout", billing_url("checkout", holder)
        card.action_label = _start_label(card)


def _offer_signup(card: PlanCard, holder: SubscriptionModelBase | None, label: str) -> None:
    if holder is None:
        card.action, card.action_url, card.action_label = "signup", reverse("account_signup"), label


def _start_label(card: PlanCard) -> str:
    if card.trial_days:
        return _("Start %(days)d-day trial") % {"days": card.trial_days}
    return _("Choose %(plan)s") % {"plan": card.name}


def _trial_days(plan: ProductMetadata, holder: SubscriptionModelBase | None) -> int:
    if not plan.is_sold:
        return 0
    if holder is not None:
        return trial_days_for(holder, plan)
    return settings.TRIAL_DAYS if plan.trial_days is None else plan.trial_days
