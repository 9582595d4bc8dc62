"""Somebody who pays deletes their account: nobody goes on being charged (B25 of the known failures)."""

from __future__ import annotations

import pytest
from django.db import connection

from apps.core.models import DELETED, AuditEntry
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import HOLDER_GOES, SeatChange, Subscription
from apps.subscriptions.services.cancellation import cancel_at_period_end
from apps.subscriptions.services.closing import close_billing
from apps.subscriptions.tests.conftest import choose, committed, seats_at_stripe
from apps.teams import services
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.signals import account_closing

pytestmark = pytest.mark.django_db
of_teams = pytest.mark.team_holder


@pytest.fixture
def payer(leaving, owner):
    return leaving(owner)


def statuses(stripe):
    return sorted(row["status"] for row in stripe.where("subscription"))


def joined(team, role=Role.MEMBER):
    with committed():
        return MembershipFactory(team=team, role=role)


def test_alone_the_subscription_ends_first(stripe, holder, buy, payer):
    """(a) Whether the team pays or the person."""
    buy(holder)
    assert "ubscription ends at once" in payer.page()

    payer.delete()

    assert statuses(stripe) == ["canceled"]
    assert not payer.is_there
    assert not holder_model().objects.filter(pk=holder.pk).exists()


def test_nobody_is_invited_back_to_what_is_being_deleted(stripe, holder, buy, owner, told, deliver_webhooks):
    """A worker sends mails between the end at Stripe and that of our rows. What was said earlier stays."""
    row = buy(holder)
    cancel_at_period_end(holder, by=owner, comment="We close the shop.")

    with committed():
        close_billing(holder, by=owner)
    deliver_webhooks()

    assert statuses(stripe) == ["canceled"]
    assert "has ended" not in " ".join(told(owner.email))
    comment = stripe.get(row.stripe_id)["cancellation_details"]["comment"]
    assert comment == f"We close the shop. {HOLDER_GOES}"


@of_teams
def test_with_others_a_successor_comes_first(stripe, holder, buy, payer):
    """(b) Refused, and nothing ends; once somebody is named the subscription stays with the team."""
    buy(holder)
    member = joined(holder)

    refused = payer.delete()
    assert "Choose who takes over." in refused.content.decode()
    assert statuses(stripe) == ["trialing"]

    payer.delete(**{f"heir-{holder.pk}": str(member.pk)})
    assert not payer.is_there
    assert statuses(stripe) == ["trialing"]
    assert seats_at_stripe(stripe, holder) == 1
    assert Team.objects.get(pk=holder.pk).billing_contact == member.user


@of_teams
def test_beside_another_owner_billing_stays_and_the_seat_is_freed(stripe, holder, buy, payer):
    """(c) And the invoices go to whoever is there."""
    row = buy(holder)
    other = joined(holder, Role.OWNER)
    assert seats_at_stripe(stripe, holder) == 2

    payer.delete()

    assert not payer.is_there
    assert seats_at_stripe(stripe, holder) == 1
    assert stripe.get(row.stripe_customer_id)["email"] == other.user.email


def test_with_stripe_away_nothing_is_deleted_and_trying_again_finishes(stripe, holder, buy, payer):
    """(d)"""
    buy(holder)
    fault = stripe.faults.add({"match": {"method": "*", "path": "*"}, "times": None, "status": 503})

    answer = payer.delete()
    assert "was not deleted" in answer.content.decode()
    assert "The account is as it was." in answer.content.decode()
    assert payer.is_there
    assert holder_model().objects.filter(pk=holder.pk).exists()
    assert payer.client.get("/users/profile/").status_code == 200

    stripe.faults.clear()
    assert fault is not None
    assert statuses(stripe) == ["trialing"]
    payer.delete()
    assert statuses(stripe) == ["canceled"]
    assert not payer.is_there


@of_teams
def test_of_two_teams_the_one_that_ended_already_is_told(stripe, buy, payer, owner):
    first, second = TeamFactory(owner=owner, name="Aa"), TeamFactory(owner=owner, name="Bb")
    buy(first)
    row = buy(second)
    stripe.faults.add(
        {
            "match": {"method": "DELETE", "path": f"/v1/subscriptions/{row.stripe_id}"},
            "times": None,
            "status": 503,
        }
    )

    answer = payer.delete().content.decode()

    assert "Bb was not deleted." in answer
    assert "Already over: the subscription of Aa." in answer
    assert Team.objects.count() == 2
    assert payer.is_there


def test_an_open_payment_page_cannot_be_paid_any_more(stripe, holder, payer):
    choose(payer.client, holder)

    payer.delete()

    assert [one["status"] for one in stripe.where("checkout.session")] == ["expired"]
    assert not payer.is_there


def test_stripe_is_asked_with_no_transaction_open(stripe, holder, buy, payer):
    buy(holder)
    depths = []
    account_closing.connect(listener := lambda **_: depths.append(len(connection.savepoint_ids)))

    payer.delete()

    account_closing.disconnect(listener)
    assert depths == [depths[0]]
    assert depths[0] <= 1  # the test's own


def test_what_is_bought_between_the_steps_keeps_the_account(stripe, holder, buy, payer, owner_client):
    def buys(**kwargs):
        buy(holder)

    account_closing.connect(buys)
    answer = payer.delete().content.decode()
    account_closing.disconnect(buys)

    assert "Something was bought meanwhile." in answer
    assert payer.is_there
    assert Subscription.objects.count() == 1


@of_teams
def test_the_ledger_of_seats_keeps_its_numbers_and_no_name(stripe, holder, buy, payer, owner):
    buy(holder)
    joined(holder, Role.OWNER)
    services.change_role(holder.memberships.get(user=owner), Role.OWNER, by=owner)

    payer.delete()

    lines = SeatChange.objects.filter(holder=holder)
    assert (lines[0].before, lines[0].after) == (2, 1)
    assert not lines.filter(person_label="owner@example.com").exists()
    assert not lines.filter(actor_label="owner@example.com").exists()
    assert lines.filter(person_label__startswith=DELETED).count() == 2
    assert AuditEntry.objects.filter(action="subscription.checkout_started", actor_label__startswith=DELETED)


def test_deleting_twice_at_once_is_deleting_once(stripe, holder, payer, leaving, owner):
    """Two clicks: the second finds nobody, and no page is broken."""
    phone = leaving(owner)
    payer.delete()

    answer = phone.delete("owner@example.com")

    assert answer.status_code == 200
    assert "Sign in" in answer.content.decode()
    assert not CustomUser.objects.exists()
