"""The product with one subscriber, set up by the public commands and bought through the pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import stripe
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.models import Subscription
from apps.subscriptions.tests.conftest import choose, current, open_session, post_signed, signed_in
from apps.subscriptions.tests.factories import make_holder
from apps.users.tests.factories import UserFactory, sign_in
from config.celery import app as celery
from stripe_sandbox.delivery import Signed
from stripe_sandbox.world import World

WEBHOOK = "http://testserver/stripe/webhook/"


@dataclass(frozen=True)
class Shop:
    world: World
    secret: str
    holder: SubscriptionModelBase
    subscription: Subscription
    client: Client  # the subscriber's, signed in

    def news(self) -> Signed:
        """Something happens to the subscription at Stripe; answers the event as Stripe would post it."""
        stripe.Subscription.modify(
            self.subscription.stripe_id,
            metadata={"turn": str(self.world.requests.count)},
            api_key=settings.STRIPE_TEST_SECRET_KEY,
        )
        (signed,) = self.world.pending_deliveries()
        return signed


@contextmanager
def open_shop(world: World) -> Iterator[Shop]:
    """Addresses of `bench.urls`; tasks wait in memory, as with a broker, once the shop is open."""
    call_command("bootstrap_subscriptions", push=True, stdout=io.StringIO())
    said = io.StringIO()
    call_command("bootstrap_webhooks", WEBHOOK, portal=True, stdout=said)
    found = re.search(r"whsec_\w+", said.getvalue())
    assert found, "bootstrap_webhooks prints the secret of a new endpoint"
    with override_settings(ROOT_URLCONF="bench.urls", DJSTRIPE_WEBHOOK_SECRET=found[0]):
        world.pending_deliveries()
        shop = _with_subscriber(world, found[0])
        eager, celery.conf.task_always_eager = celery.conf.task_always_eager, False
        try:
            yield shop
        finally:
            celery.conf.task_always_eager = eager


def _with_subscriber(world: World, secret: str) -> Shop:
    owner = UserFactory()
    holder: Any = make_holder(owner, members=5)
    choose(signed_in(owner), holder, "pro")
    world.complete_checkout(open_session(holder))
    for signed in world.pending_deliveries():
        assert post_signed(signed).status_code == 200
    world.pending_deliveries()
    holder.refresh_from_db()
    client = Client()
    sign_in(client, owner)
    return Shop(world, secret, holder, current(holder), client)
