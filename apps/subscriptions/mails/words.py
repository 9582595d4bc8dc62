"""What several mails say alike: plan, price, card, the way to the tab."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from djstripe.models import PaymentMethod
from djstripe.models import Subscription as StripeSubscription

from apps.core.addresses import absolute_url
from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import money
from apps.subscriptions.catalogue import price_by_id
from apps.subscriptions.holders import billing_url, holder_label
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Notice, Subscription
from apps.subscriptions.tab.facts import facts_about
from apps.subscriptions.tab.periods import interval_of
from apps.subscriptions.tab.price import price_view

Words = dict[str, Any]

MONTHS = {"month": 1, "year": 12}


def base_words(holder: SubscriptionModelBase) -> Words:
    return {"holder": holder_label(holder), "action_url": absolute_url(billing_url("tab", holder))}


def subscription_of(notice: Notice) -> Subscription | None:
    return Subscription.objects.filter(stripe_id=notice.data["subscription"]).select_related("holder").first()


def at_stripe(row: Subscription) -> dict[str, Any]:
    """The subscription as Stripe has it, from the mirror."""
    found = StripeSubscription.objects.filter(id=row.stripe_id).values_list("stripe_data", flat=True)
    return found.first() or {}


def cancelled_for_nonpayment(row: Subscription) -> bool:
    return (at_stripe(row).get("cancellation_details") or {}).get("reason") == "payment_failed"


def plan_name(row: Subscription) -> str:
    plan = find_plan(row.plan_slug)
    return plan.name if plan else _("Your plan")


def price_words(row: Subscription) -> Words:
    """What it costs, as the tab says it: `price` ("$40.00 / month", "" if not fixed), `discounts`, `tax`."""
    view = price_view(row, facts_about(row))
    return {"price": view.total, "discounts": view.discounts, "tax": view.tax}


def value_per_month(row: Subscription) -> str:
    """What the subscription is worth in a month, before discounts; "" when that cannot be said."""
    price = price_by_id(row.price_id)
    price = money.in_currency(price, row.currency) if price else None
    total = money.price_total(price, row.quantity) if price and row.quantity else None
    if price is None or total is None:
        return ""
    interval, count = interval_of(price)
    months = MONTHS.get(interval, 0) * count
    if not months:
        return ""
    value = (Decimal(total) / months).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return money.format_amount(int(value), price["currency"])


def card(payment_method_id: str) -> dict[str, Any] | None:
    """The card as Stripe has it (brand, last4, exp_month, exp_year); None for none or another kind."""
    found = PaymentMethod.objects.filter(id=payment_method_id).values_list("stripe_data", flat=True).first()
    return (found or {}).get("card")


def card_name(card: dict[str, Any]) -> str:
    brand = (card.get("display_brand") or card["brand"]).replace("_", " ").title()
    return _("%(brand)s ending in %(last4)s") % {"brand": brand, "last4": card["last4"]}
