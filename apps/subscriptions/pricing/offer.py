"""What pages offer: each plan as a card, in an interval, a number of seats and a currency."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import money
from apps.subscriptions.catalogue import Prices, prices_for_sale
from apps.subscriptions.history import History, history_of
from apps.subscriptions.metadata import (
    ACTIVE_PLAN_INTERVALS,
    ACTIVE_PRODUCTS,
    PlanInterval,
    ProductMetadata,
    first_interval,
)
from apps.subscriptions.models import Subscription
from apps.subscriptions.pricing.cards import Buyer, Offer, PlanCard, plan_card

SEATS_SHOWN_AT_MOST = 50
MOST_SEATS = 10_000


@dataclass
class Pricing:
    interval: PlanInterval
    seats: int
    currency: str = ""  # "": each plan in its price's own
    currencies: list[str] = field(default_factory=list)  # to choose from; empty: no choice
    plans: list[PlanCard] = field(default_factory=list)
    seats_max: int = SEATS_SHOWN_AT_MOST  # of the slider
    seats_most: int = MOST_SEATS

    @property
    def intervals(self) -> list[tuple[str, str]]:
        labels = {PlanInterval.MONTH: _("Monthly"), PlanInterval.YEAR: _("Yearly")}
        return [(str(interval), labels[interval]) for interval in ACTIVE_PLAN_INTERVALS]

    @property
    def has_choice(self) -> bool:
        return len(ACTIVE_PLAN_INTERVALS) > 1 or bool(self.currencies)

    @property
    def seats_are_most(self) -> bool:
        """More were asked for, perhaps: the page reckons no further."""
        return self.seats == MOST_SEATS

    @property
    def tax_text(self) -> str:
        """Follows the prices on the page: Stripe keeps with each whether tax is in it."""
        included = {card.tax_included for card in self.plans if card.total is not None}
        if not included:
            return ""
        if included == {True}:
            return _("Prices include tax.")
        return (
            _("Prices without tax, unless a plan says otherwise.")
            if True in included
            else _("Prices without tax.")
        )


def pricing_for(
    interval: str | None,
    seats: str | int | None,
    currency: str | None = None,
    *,
    holder: SubscriptionModelBase | None = None,
    may_buy: bool = False,
    seats_taken: int | None = None,
    subscription: Subscription | None = None,
    is_signed_in: bool = False,
    has_team: bool = True,
) -> Pricing:
    """The cards for an interval, a number of seats and a currency; what makes no sense falls back.

    `subscription`: the holder's live one, whose plan is then marked and the others offered as a change.
    One query for all prices, for a holder one more, and its count if `seats_taken` does not say it.
    """
    prices = prices_for_sale()
    taken = holder.get_quantity() if holder and seats_taken is None else seats_taken or 0
    buyer = Buyer(holder, may_buy, taken, subscription, history_of(holder), is_signed_in, has_team)
    pricing = Pricing(_interval(interval), _seats(seats or taken))
    _choose_currency(pricing, currency, prices, buyer.history)
    pricing.plans = [plan_card(_offer(plan, pricing, prices), buyer) for plan in _shown()]
    _recommend(pricing)
    return pricing


def _shown() -> list[ProductMetadata]:
    return [plan for plan in ACTIVE_PRODUCTS if not plan.hidden]


def _recommend(pricing: Pricing) -> None:
    """One plan at most: the first that is paid by the seat."""
    recommended = next((plan.slug for plan in _shown() if plan.is_sold and plan.quantity == "holder"), "")
    for card in pricing.plans:
        card.highlighted = card.slug == recommended


def _interval(value: str | None) -> PlanInterval:
    return PlanInterval(value) if value in ACTIVE_PLAN_INTERVALS else first_interval()


def _seats(value: str | int | None) -> int:
    """Digits of any script count; a number too long for Python, or none at all, is 1."""
    try:
        return min(max(1, int(value or 1)), MOST_SEATS)
    except ValueError:
        return 1


def _choose_currency(pricing: Pricing, wanted: str | None, prices: Prices, history: History) -> None:
    """The holder's, as Stripe keeps a customer to one; else the one asked for; else the first price's."""
    shared = _shared_currencies(prices)
    if history.currency:
        pricing.currency = history.currency
    elif len(shared) > 1:
        pricing.currencies = shared
        asked = (wanted or "").lower()
        pricing.currency = asked if asked in shared else shared[0]


def _shared_currencies(prices: Prices) -> list[str]:
    """What everything on the page can be bought in, whichever interval is chosen."""
    offered = [
        currencies
        for (_slug, interval), price in prices.items()
        if interval in ACTIVE_PLAN_INTERVALS and (currencies := money.currencies_of(price))
    ]
    return [code for code in (offered[0] if offered else []) if all(code in others for others in offered)]


def _offer(plan: ProductMetadata, pricing: Pricing, prices: Prices) -> Offer:
    by_interval = {
        interval: money.in_currency(price, pricing.currency)
        for interval in PlanInterval
        if (price := prices.get((plan.slug, interval)))
    }
    return Offer(plan, pricing.interval, pricing.seats, by_interval)
