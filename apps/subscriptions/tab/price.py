"""What a subscription costs: per period, after discounts, and what is said of tax."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.memory import shown_by_fields
from apps.core.numbers import number_text
from apps.core.phrases import labelled
from apps.subscriptions import money
from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Subscription
from apps.subscriptions.pricing.words import price_text
from apps.subscriptions.tab.discounts import discount_text, lasts, net_amount, percent_text, running_discounts
from apps.subscriptions.tab.facts import Facts, Item
from apps.subscriptions.tab.periods import interval_of, span


@shown_by_fields
@dataclass(frozen=True)
class PriceView:
    total: str = ""  # "$105.00 / month": what is paid; "" for a price without a fixed amount
    before: str = ""  # "$140.00 / month", when a discount takes something off for longer than one invoice
    detail: str = ""  # "7 seats: 7 × $20.00"
    discounts: list[str] = field(default_factory=list)
    tax: str = ""  # "plus 19% VAT"


@shown_by_fields
@dataclass(frozen=True)
class AddOn:
    """Something sold beside the plan."""

    name: str
    price: str


def price_view(row: Subscription, facts: Facts) -> PriceView:
    item, discounts = facts.item(row.plan_item_id), running_discounts(facts.subscription)
    texts = [discount_text(discount) for discount in discounts]
    if item is None:
        return PriceView(discounts=texts)
    price = _as_paid(item.price, row.currency)
    total = _total(price, row.quantity)
    tax = _tax_text(facts.subscription, item)
    if price is None or total is None:
        return PriceView(detail=_without_total(item.price), discounts=texts, tax=tax)
    lasting = [discount for discount in discounts if lasts(discount)]
    # With other things on the same invoice, what falls to the plan is for Stripe to say.
    net = net_amount(total, lasting, row.currency) if len(facts.items) == 1 else total
    return PriceView(
        total=_per_period(total if net is None else net, price),
        before="" if net in (None, total) else _per_period(total, price),
        detail=_unit_text(row, price),
        discounts=texts,
        tax=tax,
    )


def add_ons(row: Subscription, facts: Facts) -> list[AddOn]:
    """What the subscription bills beside its plan."""
    others = [item for item in facts.items if item.id != row.plan_item_id]
    return [AddOn(_name(item), _add_on_price(item, row.currency)) for item in others]


def is_flat(row: Subscription) -> bool:
    """One price, so the number of seats billed says nothing."""
    plan = find_plan(row.plan_slug)
    return plan is not None and plan.quantity == "one"


def _as_paid(price: Json, currency: str) -> Json | None:
    """The price in the subscription's currency; None when Stripe named no amount in it."""
    shown = money.in_currency(price, currency) if currency else price
    return shown if not currency or shown.get("currency") == currency else None


def _total(price: Json | None, quantity: int | None) -> int | None:
    return None if price is None or quantity is None else money.price_total(price, quantity)


def _per_period(amount: int, price: Json) -> str:
    return f"{money.format_amount(amount, price['currency'])} / {span(*interval_of(price))}"


def _without_total(price: Json) -> str:
    """As in "$0.05 per unit, billed by use, per month"; nothing for a shape we do not know."""
    if not money.is_metered(price):
        return ""
    text = price_text(price, 1, flat=False)
    return f"{text.figure} {text.note}" if text else _("Billed by use")


def _unit_text(row: Subscription, price: Json) -> str:
    if is_flat(row):
        return _("One price, however many of the seats are taken")
    quantity = row.quantity or 0
    seats = ngettext("%(count)s seat", "%(count)s seats", quantity) % {"count": number_text(quantity)}
    says_more = quantity > 1 or money.costs_nothing_yet(price, quantity)
    return labelled(seats, money.spelled_out(price, quantity)) if says_more else seats


def _name(item: Item) -> str:
    return item.product_name or item.price.get("nickname") or _("Add-on")


def _add_on_price(item: Item, currency: str) -> str:
    price = _as_paid(item.price, currency)
    total = _total(price, item.quantity)
    if price is None or total is None:
        return _without_total(item.price)
    return _per_period(total, price)


def _tax_text(subscription: Json, item: Item) -> str:
    """As in "plus 19% VAT" or "incl. tax"; nothing where no tax is set up."""
    rates = item.tax_rates or subscription.get("default_tax_rates") or []
    whole = [rate for rate in rates if isinstance(rate, dict)]
    if whole:
        return ", ".join(_rate_text(rate) for rate in whole)
    if not (subscription.get("automatic_tax") or {}).get("enabled"):
        return ""
    return _("incl. tax") if item.price.get("tax_behavior") == "inclusive" else _("plus tax")


def rate_name(rate: Json) -> str:
    """As in "19% VAT"."""
    return f"{percent_text(Decimal(str(rate['percentage'])))} {rate['display_name']}"


def _rate_text(rate: Json) -> str:
    words = {"tax": rate_name(rate)}
    return (_("incl. %(tax)s") if rate["inclusive"] else _("plus %(tax)s")) % words
