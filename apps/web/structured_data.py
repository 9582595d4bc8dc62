"""What a page says in schema.org's words: https://schema.org/SoftwareApplication."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.subscriptions.money import decimal_places
from apps.subscriptions.pricing import Pricing
from apps.subscriptions.pricing.cards import PlanCard

Thing = dict[str, Any]

UNIT_CODES = {"day": "DAY", "week": "WEE", "month": "MON", "year": "ANN"}  # UN/CEFACT's


def landing_data(pricing: Pricing) -> Thing:
    """Who makes the product, and what it is."""
    maker = {"@type": "Organization", "@id": f"{absolute_url('/')}#organization", **_named()}
    maker["logo"] = absolute_url(static("img/icon-512.png"))
    return {"@context": "https://schema.org", "@graph": [maker, _product(pricing)]}


def pricing_data(pricing: Pricing) -> Thing:
    """The plans as the page shows them: for its number of seats, at its interval."""
    return {"@context": "https://schema.org", **_product(pricing)}


def _named() -> Thing:
    return {"name": settings.PROJECT_NAME, "url": absolute_url("/")}


def _product(pricing: Pricing) -> Thing:
    product = {
        "@type": "SoftwareApplication",
        "@id": f"{absolute_url('/')}#product",
        **_named(),
        "applicationCategory": "BusinessApplication",
        "operatingSystem": "Web",
        "image": absolute_url(static("img/share.png")),
    }
    offers = [_offer(card, pricing) for card in pricing.plans if _has_amount(card)]
    return {**product, "offers": offers} if offers else product


def _has_amount(card: PlanCard) -> bool:
    """What is free or has its price on the page. Of "let's talk" there is nothing to say."""
    return card.is_free or card.total is not None


def _offer(card: PlanCard, pricing: Pricing) -> Thing:
    offer: Thing = {
        "@type": "Offer",
        "name": card.name,
        "description": card.description,
        "url": f"{absolute_url(reverse('pricing'))}#plan-{card.slug}-name",
        "price": "0",
        "priceCurrency": _currency(card, pricing),
    }
    if card.total is not None:
        offer["price"] = _major(card.total, card.currency)
        offer["priceSpecification"] = _each_period(card, offer["price"])
    return {name: value for name, value in offer.items() if value}


def _each_period(card: PlanCard, price: str) -> Thing:
    said = {
        "@type": "UnitPriceSpecification",
        "price": price,
        "priceCurrency": card.currency.upper(),
        "referenceQuantity": _period(card.every),
        "description": card.note,
    }
    return {**said, "valueAddedTaxIncluded": True} if card.tax_included else said


def _period(every: tuple[int, str]) -> Thing:
    count, interval = every
    return {"@type": "QuantitativeValue", "value": count, "unitCode": UNIT_CODES.get(interval, interval)}


def _currency(card: PlanCard, pricing: Pricing) -> str:
    """What is free costs nothing in the currency of the others."""
    others = (other.currency for other in pricing.plans)
    return next(filter(None, (card.currency, *others)), "usd").upper()


def _major(total: int, currency: str) -> str:
    return str(Decimal(total).scaleb(-decimal_places(currency)))
