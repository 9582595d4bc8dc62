"""Examples of the documentation do what the text around them says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe as client
from django.conf import settings
from django.core import mail
from djstripe.models import Event
from djstripe.signals import WEBHOOK_SIGNALS

from apps.subscriptions.metadata import PlanInterval, PushPrice
from apps.subscriptions.services.setup.price_shapes import price_params, same_price
from apps.subscriptions.tests.conftest import Deliver
from stripe_sandbox.world import World

pytestmark = pytest.mark.django_db
PAGE = Path(settings.BASE_DIR) / "docs" / "subscriptions.md"
KEY = {"api_key": settings.STRIPE_TEST_SECRET_KEY}


def example(containing: str) -> dict[str, Any]:
    """The names that a block of Python on the page defines."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    (code,) = [block for block in blocks if containing in block]
    names: dict[str, Any] = {}
    exec(code, names)
    return names


@pytest.fixture(autouse=True)
def receiver() -> Iterator[None]:
    """The page's own handler, connected as long as the test runs."""
    function = example("mail_admins")["tell_us_who_left"]
    yield
    WEBHOOK_SIGNALS["customer.subscription.deleted"].disconnect(function, sender=Event)


@pytest.fixture(autouse=True)
def admins(settings: Any) -> None:
    settings.ADMINS = [("", "us@example.com")]


def told() -> list[mail.EmailMessage]:
    return [message for message in mail.outbox if message.subject.endswith("has left")]


def test_admins_get_one_mail_when_somebody_has_left(
    stripe: World, holder: Any, buy: Any, deliver_webhooks: Deliver
) -> None:
    subscription = buy(holder, "pro")

    client.Subscription.cancel(subscription.stripe_id, **KEY)
    news = deliver_webhooks()

    (message,) = told()
    assert {answer.status_code for answer in news} == {200}
    assert message.to == ["us@example.com"]
    assert f"{holder} had 1 of pro" in message.body


def test_nobody_hears_of_customers_of_somebody_else(stripe: World, deliver_webhooks: Deliver) -> None:
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = client.Customer.create(**card, **KEY)
    price = stripe.where("price", lookup_key="pro-month")[0]["id"]
    foreign = client.Subscription.create(customer=customer.id, items=[{"price": price}], **KEY)

    client.Subscription.cancel(foreign.id, **KEY)
    news = deliver_webhooks()

    assert {answer.status_code for answer in news} == {200}
    assert told() == []


def test_each_price_of_the_page_can_be_made_at_stripe_as_it_is(stripe: World) -> None:
    prices = {name: value for name, value in example("volume =").items() if isinstance(value, PushPrice)}
    product = client.Product.create(name="Shapes", **KEY)

    for name, price in prices.items():
        params = {"product": product.id, "expand": ["tiers", "currency_options"]}
        made = client.Price.create(**params, **price_params(price, PlanInterval.MONTH), **KEY)

        assert same_price(price, PlanInterval.MONTH, made.to_dict()), name
    assert len(prices) == 6
