"""A plan as a card: what it is comes from metadata.py, what it costs from Stripe's mirror."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.billing import SubscriptionModelBase
from apps.core.numbers import number_text
from apps.subscriptions import money
from apps.subscriptions.history import History
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import ACTIVE_PLAN_INTERVALS, ACTIVE_PRODUCTS, PlanInterval, ProductMetadata
from apps.subscriptions.models import Subscription
from apps.subscriptions.money import Price
from apps.subscriptions.pricing.words import price_text, rhythm, seats_text


@dataclass
class PlanCard:
    slug: str
    name: str
    description: str
    features: tuple[str, ...]
    figure: str = ""  # the large type: the exact total, or words where there is none
    note: str = ""  # for how many, how often
    details: list[str] = field(default_factory=list)  # small lines: the price of one, what a year saves
    total: int | None = None  # for the chosen number of seats, in the minor unit
    total_text: str = ""
    how_often: str = ""  # "per month"
    every: tuple[int, str] = (1, "")  # (3, "month"): paid once in three months
    is_free: bool = False
    currency: str = ""
    tax_included: bool = False
    action: str = "none"  # checkout | change (a link) | current | contact | signup | none
    action_url: str = ""
    action_label: str = ""
    highlighted: bool = False
    trial_days: int = 0
    reason: str = ""  # why it cannot be chosen


@dataclass(frozen=True)
class Offer:
    """A plan at the chosen interval and number of seats; prices in the chosen currency."""

    plan: ProductMetadata
    interval: PlanInterval
    seats: int
    prices: dict[PlanInterval, Price]

    @property
    def price(self) -> Price | None:
        return self.prices.get(self.interval)

    @property
    def is_flat(self) -> bool:
        return self.plan.quantity == "one"

    @property
    def quantity(self) -> int:
        return 1 if self.is_flat else self.seats

    def total(self, interval: PlanInterval) -> int | None:
        return money.price_total(self.prices.get(interval, {}), self.quantity)


@dataclass(frozen=True)
class Buyer:
    """Who looks: nobody we know, or a holder and what the person may do for it."""

    holder: SubscriptionModelBase | None = None
    may_buy: bool = False
    seats_taken: int = 0
    subscription: Subscription | None = None  # a live one: nothing is bought beside it
    history: History = field(default_factory=History)
    is_signed_in: bool = False
    has_team: bool = True  # False: signed in, and in no team yet


def plan_card(offer: Offer, buyer: Buyer) -> PlanCard:
    plan = offer.plan
    description = _(plan.description) if plan.description else ""  # gettext("") is the catalogue's header
    card = PlanCard(plan.slug, plan.name, description, tuple(_(feature) for feature in plan.features))
    is_buyable = _fill_price(card, offer)
    card.trial_days = 0 if buyer.subscription or not is_buyable else buyer.history.trial_days(plan)
    _fill_action(card, offer, buyer, is_buyable)
    return card


# Price ---------------------------------------------------------------------------------------------------


def _fill_price(card: PlanCard, offer: Offer) -> bool:
    """Whether Checkout can sell it: a price we can put into words."""
    text = price_text(offer.price, offer.quantity, flat=offer.is_flat) if offer.price else None
    is_buyable = offer.plan.is_sold and text is not None
    if offer.plan.is_default:
        card.figure, card.note, card.is_free = _("Free"), _("for ever"), True
    elif text is None or offer.price is None or offer.plan.contact_url:
        card.figure, card.note = _("Let's talk"), _("Prices to your needs")
    else:
        card.figure, card.note, card.total = text.figure, text.note, text.total
        card.currency = offer.price["currency"]
        card.tax_included = offer.price.get("tax_behavior") == "inclusive"
        card.details = [line for line in (text.detail, _tax_line(card), _saving(offer)) if line]
        card.how_often, card.every = rhythm(offer.price), money.every(offer.price)
        card.total_text = "" if text.total is None else money.format_amount(text.total, card.currency)
    if display := offer.plan.price_displays.get(offer.interval):
        _show_instead(card, offer, display)
    return is_buyable


def _tax_line(card: PlanCard) -> str:
    return _("Tax is included.") if card.tax_included else ""


def _show_instead(card: PlanCard, offer: Offer, display: str) -> None:
    """metadata.py's own words for the price; the exact total stays beside them."""
    card.figure, card.note = _(display), ""
    if card.total is not None and offer.price:
        words = {"total": card.total_text, "how_often": card.how_often, "seats": seats_text(offer.seats)}
        flat = _("%(total)s %(how_often)s")
        card.note = (flat if offer.is_flat else _("%(seats)s: %(total)s %(how_often)s")) % words
        card.details = [line for line in (_tax_line(card), _saving(offer)) if line]


def _saving(offer: Offer) -> str:
    """What a year saves against twelve months, for this number of seats. Only if that is true."""
    if {PlanInterval.MONTH, PlanInterval.YEAR} - set(ACTIVE_PLAN_INTERVALS):
        return ""
    month, year = offer.total(PlanInterval.MONTH), offer.total(PlanInterval.YEAR)
    if not month or year is None or not _comparable(offer) or 12 * month <= year:
        return ""
    saved = 12 * month - year
    months, rest = divmod(saved, month)
    if rest:
        text = _("saves %(amount)s a year") % {
            "amount": money.format_amount(saved, offer.prices[PlanInterval.YEAR]["currency"])
        }
    else:
        text = ngettext("%(count)d month free", "%(count)d months free", months) % {"count": months}
    return (
        _("Yearly: %(saving)s") if offer.interval == PlanInterval.MONTH else _("Paid yearly: %(saving)s")
    ) % {"saving": text}


def _comparable(offer: Offer) -> bool:
    """One currency, one tax behaviour, a month against a year."""
    month, year = offer.prices[PlanInterval.MONTH], offer.prices[PlanInterval.YEAR]
    same = all(month.get(name) == year.get(name) for name in ("currency", "tax_behavior"))
    return same and money.is_every(month, "month") and money.is_every(year, "year")


# Action --------------------------------------------------------------------------------------------------


def _fill_action(card: PlanCard, offer: Offer, buyer: Buyer, is_buyable: bool) -> None:
    plan = offer.plan
    if buyer.subscription and _is_current(offer, buyer.subscription):
        card.action = "current"
    elif plan.is_default:
        _offer_start(card, offer, buyer, _("Start free"))
    elif not is_buyable:
        _offer_contact(card, plan)
    elif buyer.holder is None and plan.max_seats is not None and offer.seats > plan.max_seats:
        card.reason = ngettext(
            "For %(count)s person at most.", "For %(count)s people at most.", plan.max_seats
        ) % {"count": number_text(plan.max_seats)}
    elif buyer.holder is None:
        _offer_start(card, offer, buyer, _start_label(card))
    elif plan.max_seats is not None and buyer.seats_taken > plan.max_seats:
        card.reason = _("You have more people than this plan takes.")
    elif _is_foreign(card, buyer.subscription):
        card.reason = _("Not sold in the currency of your subscription.")
    elif buyer.may_buy:
        _offer_purchase(card, offer, buyer, buyer.holder)


def _is_current(offer: Offer, subscription: Subscription) -> bool:
    return (offer.plan.slug, str(offer.interval)) == (subscription.plan_slug, subscription.interval)


def _is_foreign(card: PlanCard, subscription: Subscription | None) -> bool:
    """Stripe bills a subscription in one currency for as long as it lives."""
    return subscription is not None and subscription.currency not in ("", card.currency)


def _offer_purchase(card: PlanCard, offer: Offer, buyer: Buyer, holder: SubscriptionModelBase) -> None:
    if buyer.subscription is None:
        card.action, card.action_url = "checkout", billing_url("checkout", holder)
        card.action_label = _start_label(card)
        return
    query = urlencode({"plan": card.slug, "interval": str(offer.interval)})
    card.action, card.action_url = "change", f"{billing_url('change', holder)}?{query}"
    card.action_label = _("Switch to %(plan)s") % {"plan": card.name}


def _offer_contact(card: PlanCard, plan: ProductMetadata) -> None:
    """The plan's own address, or that of another plan to talk about."""
    addresses = (plan.contact_url, *(other.contact_url for other in ACTIVE_PRODUCTS))
    if address := next(filter(None, addresses), ""):
        card.action, card.action_url, card.action_label = "contact", address, _("Talk to us")


def _offer_start(card: PlanCard, offer: Offer, buyer: Buyer, label: str) -> None:
    """Sign up first, then make a team, each time coming back to this plan; who has several teams chooses."""
    if buyer.holder is not None:
        return
    card.action, card.action_label = "signup", label
    if buyer.is_signed_in and buyer.has_team:
        card.action_url = reverse("teams:list")
    else:
        page = reverse("teams:create" if buyer.is_signed_in else "account_signup")
        card.action_url = (
            page if card.total is None else f"{page}?{urlencode({'next': _way_back(card, offer)})}"
        )


def _way_back(card: PlanCard, offer: Offer) -> str:
    query = urlencode({"interval": str(offer.interval), "seats": str(offer.seats)})
    return f"{reverse('pricing')}?{query}#plan-{card.slug}-name"


def _start_label(card: PlanCard) -> str:
    if card.trial_days:
        return _("Start %(days)d-day trial") % {"days": card.trial_days}
    return _("Choose %(plan)s") % {"plan": card.name}
