"""A backup, then life goes on at Stripe and here, then the database is lost and the backup restored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from apps.core.backup import open_backup
from apps.subscriptions.holders import billing_url, holder_model
from apps.subscriptions.models import Subscription
from apps.subscriptions.tests.conftest import choose, current, gate_is_open, open_session, signed_in
from apps.subscriptions.tests.factories import make_holder
from apps.users.tests.factories import UserFactory
from tests.runbooks.walk import walking

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only"),
]
MONTH = 31 * 86400


class Customer:
    """A holder with its owner, who buys through the pages."""

    def __init__(self, name: str) -> None:
        self.owner = UserFactory(email=f"{name}@example.com")
        self.holder = make_holder(self.owner)
        self.client = signed_in(self.owner)

    def buys(self, stripe: Any, plan: str = "starter") -> None:
        choose(self.client, self.holder, plan)
        stripe.complete_checkout(open_session(self.holder))

    @property
    def stripe_id(self) -> str:
        return holder_model()._default_manager.get(pk=self.holder.pk).stripe_customer_id


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar"


@pytest.fixture
def stays(stripe, deliver_webhooks):
    return bought(Customer("stays"), stripe, deliver_webhooks)


@pytest.fixture
def leaves(stripe, deliver_webhooks):
    return bought(Customer("leaves"), stripe, deliver_webhooks)


@pytest.fixture
def looks(stripe):
    """Has bought nothing yet."""
    return Customer("looks")


def bought(customer: Customer, stripe: Any, deliver_webhooks: Any) -> Customer:
    customer.buys(stripe)
    deliver_webhooks()
    return customer


def at_stripe(stripe: Any) -> dict[str, str]:
    return {row["id"]: row["status"] for row in stripe.where("subscription")}


def here() -> dict[str, str]:
    return dict(Subscription.objects.values_list("stripe_id", "status"))


def paid(stripe: Any) -> int:
    return sum(charge["amount"] for charge in stripe.where("charge"))


@pytest.mark.usefixtures("db")
def test_after_the_page_all_is_as_stripe_has_it_and_nobody_has_paid_twice(
    stripe, stays, leaves, looks, backup, tmp_path, deliver_webhooks, api
):
    with walking("restore-a-backup") as page:
        page.run("Look", BACKUP=backup)

        # Life goes on: a renewal, a cancellation, a first purchase, and a team that is not in the backup.
        stripe.advance(MONTH)
        leaves.client.post(billing_url("cancel", leaves.holder))
        api.subscriptions.cancel(current(leaves.holder).stripe_id)
        looks.buys(stripe, "pro")
        lost = Customer("lost")
        lost.buys(stripe)
        deliver_webhooks()
        lost_customer, paid_before, truth = lost.stripe_id, paid(stripe), at_stripe(stripe)
        assert here() == truth

        # The database is lost.
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE subscriptions_subscription, users_customuser CASCADE")
        page.run("Do", 1, BROKEN=tmp_path / "broken.tar")
        page.run("Do", 2, BACKUP=backup)
        with open_backup(backup) as opened:
            made_at = opened.about.made_at
        page.run("Do", 3, BACKUP=backup, MADE_AT=made_at)
        assert here() != truth
        page.run("Do", 4, MADE_AT=made_at)
        page.run("Do", 5)

        for customer in (stays, leaves, looks):
            customer.client = signed_in(customer.owner)
        assert gate_is_open(stays.client, stays.holder)
        assert not gate_is_open(leaves.client, leaves.holder)
        assert gate_is_open(looks.client, looks.holder)

        # Whoever was lost signs up again, and is given their customer.
        again = Customer("lost")
        api.customers.update(lost_customer, {"metadata": {"djstripe_subscriber": str(again.holder.pk)}})
        page.run("Do", 6, LOST=lost_customer)
        assert gate_is_open(again.client, again.holder)
        assert here() == at_stripe(stripe) == truth
        assert paid(stripe) == paid_before

        deliver_webhooks()
        page.run("Over when")

    # The next one buys, within the day in which Stripe remembers keys.
    newcomer = bought(Customer("newcomer"), stripe, deliver_webhooks)
    assert gate_is_open(newcomer.client, newcomer.holder)
    assert len({row["id"] for row in stripe.where("customer")}) == 5
