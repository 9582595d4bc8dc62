"""Real threads, committed transactions: two at once pass no limit, end, and lose no count."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import pytest

from apps.core.tests.races import at_once
from apps.subscriptions.tests.conftest import current
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.users.tests.factories import UserFactory

from ..models import Workspace
from ..services import WorkspaceLimit, create_workspace, transfer_workspace

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clicks_take_one_last_place():
    owner = UserFactory()
    SubscriptionFactory(holder=owner, plan_slug="starter", stripe_customer_id="")
    Workspace.objects.bulk_create([Workspace(owner=owner, name=name) for name in ("One", "Two")])

    def click(name: str) -> None:
        with suppress(WorkspaceLimit):
            create_workspace(owner, name)

    at_once(*(partial(click, f"New {number}") for number in range(12)))

    assert owner.workspaces.count() == 3


def test_transfers_in_both_directions_end_and_count_right():
    ada, bea = UserFactory(), UserFactory()
    hers = [Workspace.objects.create(owner=ada, name=f"A{number}") for number in range(4)]
    others = [Workspace.objects.create(owner=bea, name=f"B{number}") for number in range(3)]

    at_once(
        *(partial(transfer_workspace, workspace, bea) for workspace in hers),
        *(partial(transfer_workspace, workspace, ada) for workspace in others),
        lambda: Workspace.objects.filter(pk=hers[0].pk).update(owner=bea),
    )

    assert (ada.get_quantity(), bea.get_quantity()) == (3, 4)


def test_many_who_make_one_at_once_are_all_billed(stripe, owner, buy):
    buy(owner, "pro")

    at_once(*(partial(create_workspace, owner, f"No {number}") for number in range(6)))

    at_stripe = stripe.get(current(owner).stripe_id)["items"]["data"][0]["quantity"]
    assert at_stripe == current(owner).quantity == 6
