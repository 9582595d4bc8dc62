"""The quantity at Stripe is the number of workspaces, by whatever door one comes or goes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import ProtectedError

from apps.subscriptions import tasks
from apps.subscriptions.models import Subscription
from apps.subscriptions.tests.conftest import (
    calls,
    choose,
    committed,
    current,
    open_session,
    signed_in,
)
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

from ..models import Workspace
from ..services import WorkspaceLimit, create_workspace, transfer_workspace

pytestmark = pytest.mark.django_db
DAY = 86_400


def billed(stripe: Any, owner: CustomUser) -> int:
    """What Stripe bills the owner for."""
    return stripe.get(current(owner).stripe_id)["items"]["data"][0]["quantity"]


def quantity_calls(stripe: Any) -> list[dict[str, Any]]:
    return [call for call in stripe.requests.since(0) if call["path"].startswith("/v1/subscription_items/")]


@pytest.fixture
def ada(owner, buy):
    """On Pro, with one workspace."""
    create_workspace(owner, "First")
    buy(owner, "pro")
    return owner


@pytest.fixture
def bea(stripe, deliver_webhooks):
    """On Pro by the year, with two."""
    user = UserFactory()
    Workspace.objects.bulk_create([Workspace(owner=user, name=name) for name in ("One", "Two")])

    choose(signed_in(user), user, "pro", "year")
    stripe.complete_checkout(open_session(user))
    deliver_webhooks()
    return user


def test_checkout_asks_for_as_many_as_there_are(stripe, owner, owner_client):
    for name in ("One", "Two", "Three"):
        create_workspace(owner, name)

    choose(owner_client, owner, "pro")

    line = calls(stripe, "POST", "/v1/checkout/sessions")[-1]["params"]["line_items"][0]
    assert int(line["quantity"]) == 3


def test_stripe_follows_each_workspace_that_comes_and_goes(stripe, ada):
    with committed():
        second = create_workspace(ada, "Second")
    assert billed(stripe, ada) == current(ada).quantity == 2

    with committed():
        second.delete()
    assert billed(stripe, ada) == 1


def test_without_a_workspace_one_is_billed(stripe, ada):
    with committed():
        ada.workspaces.all().delete()

    assert billed(stripe, ada) == 1
    assert quantity_calls(stripe) == []


def test_many_at_once_are_one_call(stripe, ada):
    with committed():
        Workspace.objects.bulk_create([Workspace(owner=ada, name=f"No {n}") for n in range(20)])
    assert billed(stripe, ada) == 21

    with committed():
        ada.workspaces.filter(name__startswith="No").delete()
    assert billed(stripe, ada) == 1
    assert len(quantity_calls(stripe)) == 2


def test_a_workspace_that_changes_hands_is_paid_by_its_new_owner(stripe, ada, bea):
    with committed():
        transfer_workspace(ada.workspaces.get(), bea)
    assert (billed(stripe, ada), billed(stripe, bea)) == (1, 3)

    with committed():
        bea.workspaces.filter(name__in=["One", "Two"]).update(owner=ada)
    assert (billed(stripe, ada), billed(stripe, bea)) == (2, 1)


def test_what_changes_hands_in_the_admin_counts_too(stripe, ada, bea):
    workspace = bea.workspaces.first()
    workspace.owner = ada
    with committed():
        workspace.save()

    assert (billed(stripe, ada), billed(stripe, bea)) == (2, 1)


def test_another_name_is_no_news(stripe, ada):
    with committed():
        ada.workspaces.update(name="Renamed")
        ada.workspaces.get().save()

    ada.refresh_from_db()
    assert ada.billing_details_last_changed < ada.last_synced_with_stripe
    assert quantity_calls(stripe) == []


def test_nothing_leaves_a_transaction_that_rolls_back(stripe, ada):
    with committed(), suppress(RuntimeError), transaction.atomic():
        create_workspace(ada, "Never")
        raise RuntimeError

    assert quantity_calls(stripe) == []
    assert ada.get_quantity() == 1


def test_with_stripe_away_the_workspace_is_there_and_the_hourly_sync_tells_stripe(stripe, ada):
    stripe.faults.add({"match": {"path": "/v1/subscription_items/*"}, "times": None, "status": 503})
    with committed():
        create_workspace(ada, "Second")
    assert ada.workspaces.count() == 2

    stripe.faults.clear()
    tasks.sync_subscriptions()

    assert billed(stripe, ada) == 2


def test_one_made_while_a_change_waits_is_billed_now_and_after_it(
    stripe, owner, owner_client, buy, deliver_webhooks
):
    buy(owner, "pro", "year")
    stripe.advance(20 * DAY)
    deliver_webhooks()
    owner_client.post("/subscription/change/", {"plan": "pro", "interval": "month"})
    with committed():
        create_workspace(owner, "One")
        create_workspace(owner, "Two")
    assert billed(stripe, owner) == 2

    stripe.advance(366 * DAY)
    deliver_webhooks()

    assert (current(owner).interval, billed(stripe, owner)) == ("month", 2)


def test_a_task_that_got_lost_is_made_up_for(stripe, ada):
    create_workspace(ada, "Second")  # committed nowhere: its task never runs

    tasks.sync_subscriptions()

    assert billed(stripe, ada) == 2


def test_the_plans_limit_counts_workspaces(stripe, owner, buy):
    buy(owner, "starter")
    for name in ("One", "Two", "Three"):
        create_workspace(owner, name)

    with pytest.raises(WorkspaceLimit):
        create_workspace(owner, "Four")
    with pytest.raises(WorkspaceLimit):
        transfer_workspace(create_workspace(UserFactory(), "Elsewhere"), owner)
    assert owner.workspaces.count() == 3


def test_who_does_not_pay_costs_stripe_no_call(stripe):
    before = len(stripe.requests.since(0))

    with committed():
        create_workspace(UserFactory(), "Free")

    assert len(stripe.requests.since(0)) == before


def test_an_account_goes_with_its_workspaces_once_nothing_is_paid_any_more(stripe, ada):
    with pytest.raises(ProtectedError):
        ada.delete()
    assert ada.workspaces.count() == 1

    Subscription.objects.filter(holder=ada).update(status="canceled")
    with committed():
        ada.delete()

    assert not Workspace.objects.exists()


def test_its_migration_is_complete():
    call_command("makemigrations", "workspaces", check=True, dry_run=True, verbosity=0)
