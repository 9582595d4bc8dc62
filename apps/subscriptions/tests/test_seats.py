"""The quantity at Stripe is the count of active members, whatever happened in between."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from io import StringIO

import pytest
import stripe as stripe_client
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from apps.subscriptions import tasks
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import SeatChange, SeatSync, Subscription
from apps.subscriptions.signals import subscription_synced
from apps.subscriptions.tests.conftest import (
    calls,
    choose,
    committed,
    current,
    open_session,
    seats_at_stripe,
    value_of,
)
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.teams.errors import TeamIsFull
from apps.teams.tests.factories import InvitationFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def change_quantity_at_stripe(stripe, holder, quantity: int) -> None:
    """As somebody does in Stripe's dashboard."""
    item = stripe.get(current(holder).stripe_id)["items"]["data"][0]
    stripe_client.SubscriptionItem.modify(item["id"], quantity=quantity, api_key="sk_test_" + 24 * "0")


def quantity_calls(stripe):
    return [call for call in stripe.requests.since(0) if call["path"].startswith("/v1/subscription_items/")]


@pytest.fixture
def pro_holder(holder, buy):
    """A team or a user, on Pro for one seat."""
    buy(holder, "pro")
    return holder


@pytest.fixture
def pro_team(pro_holder):
    """For what only a team can do: let people in and out."""
    return pro_holder


@pytest.mark.team_holder
def test_checkout_asks_for_as_many_seats_as_the_team_has_active_members(stripe, holder, owner_client):
    MembershipFactory.create_batch(2, team=holder)
    MembershipFactory(team=holder, user__is_active=False)
    InvitationFactory.create_batch(2, team=holder)

    choose(owner_client, holder, "pro")

    line = calls(stripe, "POST", "/v1/checkout/sessions")[-1]["params"]["line_items"][0]
    assert int(line["quantity"]) == 3


@pytest.mark.team_holder
def test_a_flat_plan_is_bought_once_whatever_the_team(stripe, holder, owner_client):
    MembershipFactory(team=holder)

    choose(owner_client, holder, "starter", "year")

    line = calls(stripe, "POST", "/v1/checkout/sessions")[-1]["params"]["line_items"][0]
    assert int(line["quantity"]) == 1


@pytest.mark.team_holder
def test_somebody_joins_and_leaves_and_stripe_follows(stripe, pro_team):
    with committed():
        newcomer = MembershipFactory(team=pro_team)
    assert seats_at_stripe(stripe, pro_team) == 2
    assert current(pro_team).quantity == 2

    with committed():
        newcomer.delete()
    assert seats_at_stripe(stripe, pro_team) == 1


@pytest.mark.team_holder
def test_why_the_count_moved_is_kept_and_shown(stripe, pro_team, owner_client):
    with committed():
        MembershipFactory(team=pro_team)

    change = SeatChange.objects.filter(holder=pro_team).first()
    sync = SeatSync.objects.get(holder=pro_team)
    assert (change.reason, change.before, change.after) == ("joined", 1, 2)
    assert (sync.quantity, sync.covers_changes_to) == (2, change.pk)
    assert sync.stripe_request_id.startswith("req_")
    assert "1 → 2" in owner_client.get(billing_url("tab", pro_team)).content.decode()


@pytest.mark.team_holder
def test_the_proration_is_the_intervals(stripe, holder, buy, settings):
    settings.SEAT_PRORATION_BEHAVIOR = {"month": "create_prorations", "year": "always_invoice"}
    buy(holder, "pro", "year")

    with committed():
        MembershipFactory(team=holder)

    assert quantity_calls(stripe)[-1]["params"]["proration_behavior"] == "always_invoice"


@pytest.mark.team_holder
def test_an_unchanged_count_makes_no_call(stripe, pro_team):
    with committed():
        newcomer = MembershipFactory(team=pro_team)
        newcomer.delete()

    assert quantity_calls(stripe) == []


@pytest.mark.team_holder
def test_nothing_leaves_a_transaction_that_rolls_back(stripe, pro_team, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), suppress(RuntimeError), transaction.atomic():
        MembershipFactory(team=pro_team)
        raise RuntimeError

    assert quantity_calls(stripe) == []
    assert pro_team.get_quantity() == 1


@pytest.mark.team_holder
def test_a_flat_plan_is_left_alone(stripe, holder, buy):
    buy(holder, "starter")

    with committed():
        MembershipFactory(team=holder)

    assert quantity_calls(stripe) == []


def test_a_quantity_changed_at_stripe_is_set_back_by_the_next_sync(stripe, pro_holder, deliver_webhooks):
    change_quantity_at_stripe(stripe, pro_holder, 9)
    deliver_webhooks()

    call_command("sync_subscriptions", stdout=StringIO())

    assert seats_at_stripe(stripe, pro_holder) == 1


@pytest.mark.team_holder
def test_with_stripe_away_the_newcomer_is_in_and_the_hourly_sync_tells_stripe(stripe, pro_team):
    stripe.faults.add({"match": {"path": "/v1/subscription_items/*"}, "times": None, "status": 503})
    with committed():
        MembershipFactory(team=pro_team)
    assert pro_team.get_quantity() == 2

    stripe.faults.clear()
    tasks.sync_subscriptions()

    assert seats_at_stripe(stripe, pro_team) == 2


def test_one_failing_holder_never_stops_the_run_and_is_named(stripe, pro_holder, deliver_webhooks):
    broken = SubscriptionFactory(
        stripe_id="sub_other", stripe_customer_id="cus_other", plan_item_id="si_other", quantity=9
    )
    change_quantity_at_stripe(stripe, pro_holder, 9)
    deliver_webhooks()
    stripe.faults.add({"match": {"path": "/v1/subscription_items/si_other"}, "times": None, "status": 500})
    out, err = StringIO(), StringIO()

    with pytest.raises(CommandError, match="1 failed"):
        call_command("sync_subscriptions", stdout=out, stderr=err)

    assert str(broken.holder.pk) in err.getvalue()
    assert seats_at_stripe(stripe, pro_holder) == 1


def test_a_handler_that_raises_for_one_holder_never_stops_the_run(stripe, pro_holder, deliver_webhooks):
    deliver_webhooks()
    Subscription.objects.update(current_period_end=timezone.now())
    later = SubscriptionFactory(stripe_id="sub_gone", stripe_customer_id="cus_gone", quantity=9)
    errors = StringIO()

    def buyers_own(sender, *, holder, **kwargs):
        raise KeyError("of a buyer's own code")

    subscription_synced.connect(buyers_own)
    try:
        with pytest.raises(CommandError, match="2 failed"):
            call_command("sync_subscriptions", stdout=StringIO(), stderr=errors)
    finally:
        subscription_synced.disconnect(buyers_own)

    assert "of a buyer's own code" in errors.getvalue()
    assert str(later.holder.pk) in errors.getvalue()


@pytest.mark.parametrize("holder_id", ["abc", "", "7", "0b7c9f0e-0000-4000-8000-000000000000"])
def test_a_holder_that_nobody_knows_is_named(stripe, holder_id):
    with pytest.raises(CommandError, match=f"no holder {holder_id}"):
        call_command("sync_subscriptions", holder=holder_id)


def test_a_dry_run_calls_nobody(stripe, pro_holder):
    pro_holder.billing_details_changed()
    before = len(stripe.requests.since(0))
    out = StringIO()

    call_command("sync_subscriptions", dry_run=True, stdout=out)

    assert f"Would sync holder {pro_holder.pk}" in out.getvalue()
    assert len(stripe.requests.since(0)) == before


def test_one_holder_can_be_synced_alone(stripe, pro_holder):
    other = SubscriptionFactory(stripe_id="sub_other", stripe_customer_id="cus_other")
    pro_holder.billing_details_changed()
    out = StringIO()

    call_command("sync_subscriptions", holder=str(pro_holder.pk), stdout=out)

    assert str(pro_holder.pk) in out.getvalue()
    assert str(other.holder.pk) not in out.getvalue()


def test_a_period_that_ended_without_news_is_read_back(stripe, pro_holder, time_machine):
    subscription = current(pro_holder)
    stripe.advance(20 * 86400)
    stripe.pending_deliveries()  # lost on the way
    time_machine.move_to(timezone.now() + timedelta(days=20))
    assert current(pro_holder).news_expected_since == subscription.trial_end

    call_command("sync_subscriptions", stdout=StringIO())

    assert current(pro_holder).status == "active"


@pytest.mark.team_holder
def test_a_member_who_joined_while_somebody_paid_is_billed_too(
    stripe, holder, owner_client, deliver_webhooks
):
    choose(owner_client, holder, "pro")
    stripe.complete_checkout(open_session(holder))
    MembershipFactory(team=holder)

    deliver_webhooks()

    assert seats_at_stripe(stripe, holder) == 2


@pytest.mark.team_holder
def test_the_plans_seat_limit_counts(stripe, holder, buy):
    buy(holder, "starter")
    MembershipFactory.create_batch(2, team=holder)

    with pytest.raises(TeamIsFull):
        MembershipFactory(team=holder)


@pytest.mark.team_holder
def test_a_team_too_large_for_a_plan_is_told_so(stripe, holder, owner_client):
    MembershipFactory.create_batch(3, team=holder)

    response = owner_client.post(
        billing_url("checkout", holder), {"plan": "starter", "interval": "month"}, follow=True
    )

    assert "Choose a larger one." in response.content.decode()
    tab = owner_client.get(billing_url("tab", holder))
    assert value_of(tab, "choose-starter-month") is None
    assert value_of(tab, "choose-pro-month") == ""


@pytest.mark.parametrize("status", ["trialing", "past_due", "unpaid", "paused", "incomplete", "of_tomorrow"])
def test_a_holder_with_a_live_plan_cannot_be_deleted_by_any_door(stripe, pro_holder, status):
    model = type(pro_holder)
    Subscription.objects.filter(holder=pro_holder).update(status=status)
    with pytest.raises(ProtectedError):
        pro_holder.delete()
    with pytest.raises(ProtectedError):
        model.objects.filter(pk=pro_holder.pk).delete()

    Subscription.objects.filter(holder=pro_holder).update(status="canceled")
    pro_holder.delete()
    assert not model.objects.filter(pk=pro_holder.pk).exists()
