"""The tab asks the database at most nine questions, whatever there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from djstripe.models import Customer, Invoice

from apps.subscriptions.holders import billing_url, holder_model
from apps.subscriptions.models import SeatChange, Status, Subscription
from apps.subscriptions.tests.conftest import signed_in
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.teams.models import Team
from apps.teams.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

MOST = 9


def crowd(holder, row: Subscription) -> None:
    """200 invoices, 30 old subscriptions, 200 changes of seats and, in a team, 200 members."""
    customer = Customer.objects.get(id=row.stripe_customer_id)
    model = Invoice.objects.filter(customer=customer).first()
    for number in range(200):
        model.pk = None
        model.id = f"in_old_{number}"
        model.stripe_data = {**model.stripe_data, "id": model.id, "number": f"OLD-{number}"}
        model.created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        model.save(force_insert=True)
    SubscriptionFactory.create_batch(30, holder=holder, canceled=True, is_current=False)
    SeatChange.objects.bulk_create(
        SeatChange(holder=holder, reason="x", before=1, after=2) for _ in range(200)
    )
    if holder_model() is Team:
        MembershipFactory.create_batch(200, team=holder)


def queries_of(client, holder) -> int:
    path = billing_url("tab", holder)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_tab_of_a_subscription_costs_the_same_in_every_state_and_size(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    row.next_change_at = row.pending_until = timezone.now() + timedelta(days=1)
    row.next_plan_slug = row.pending_plan_slug = "pro"
    before = {}
    for status in Status.values:
        Subscription.objects.filter(pk=row.pk).update(status=status)
        before[status] = queries_of(owner_client, holder)

    crowd(holder, row)

    for status in Status.values:
        Subscription.objects.filter(pk=row.pk).update(status=status)
        assert queries_of(owner_client, holder) == before[status] <= MOST, status


def test_the_tab_without_a_subscription_stays_within_the_same(stripe, holder, owner_client):
    assert queries_of(owner_client, holder) <= MOST


@pytest.mark.team_holder
def test_a_member_costs_no_more(stripe, holder, buy):
    row = buy(holder, "pro")
    member = signed_in(MembershipFactory(team=holder).user)
    assert queries_of(member, holder) <= MOST

    Subscription.objects.filter(pk=row.pk).update(status="canceled")

    assert queries_of(member, holder) <= MOST
