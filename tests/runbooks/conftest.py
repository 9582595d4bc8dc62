"""Trouble is made as Stripe, the network or a person makes it; staff see it as they would."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.subscriptions import inbox
from apps.subscriptions.tests.conftest import (
    api,
    fail_renewal,
    holder,
    mail_server,
    owner,
    owner_client,
    signed_in,
    stripe,
    told,
)
from apps.subscriptions.tests.conftest import buy as buy
from apps.subscriptions.tests.conftest import deliver_webhooks as deliver_webhooks
from apps.users.tests.factories import UserFactory
from stripe_sandbox.world import World

__all__ = ["api", "fail_renewal", "holder", "mail_server", "owner", "owner_client", "stripe", "told"]


@pytest.fixture
def store_webhooks(stripe: World) -> Callable[[], None]:
    """What Stripe has to tell arrives, and no worker runs."""

    def store() -> None:
        for signed in stripe.pending_deliveries():
            inbox.store(json.loads(signed.body))

    return store


@pytest.fixture
def staff(db: None) -> Client:
    """Signed in to the admin."""
    return signed_in(UserFactory(email="ops@example.com", is_staff=True, is_superuser=True))


@pytest.fixture
def shown(staff: Client) -> Any:
    """What a page of the admin shows, as text."""
    return lambda path: staff.get(path, follow=True).content.decode()
