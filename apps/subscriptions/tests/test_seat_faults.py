"""Seats: what others billed for although nobody sat there, or did not bill for although somebody did."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone

from apps.core.tests.races import at_once
from apps.subscriptions import sync, tasks
from apps.subscriptions.holders import billing_url, holder_model
from apps.subscriptions.models import SeatSync
from apps.subscriptions.tests.conftest import (
    calls,
    choose,
    committed,
    current,
    open_session,
    seats_at_stripe,
    signed_in,
    value_of,
)
from apps.teams import services
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory
from apps.users.tests.factories import UserFactory
from stripe_sandbox.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]


def quantity_calls(stripe: World, since: int = 0) -> list[dict[str, Any]]:
    found = stripe.requests.since(0)[since:]
    return [call for call in found if call["path"].startswith("/v1/subscription_items/")]


@pytest.fixture
def mixed_team(holder):
    """Three active members, two open invitations, one that expired, one member who is switched off."""
    MembershipFactory.create_batch(2, team=holder)
    MembershipFactory(team=holder, user__is_active=False)
    InvitationFactory.create_batch(2, team=holder)
    InvitationFactory(team=holder, expires_at=timezone.now() - timezone.timedelta(days=1))
    return holder


def test_only_active_members_are_billed_at_checkout_by_sync_and_on_the_page(
    stripe, mixed_team, owner_client, buy
):
    buy(mixed_team, "pro")
    mixed_team.billing_details_changed()

    tasks.sync_subscriptions()

    (line,) = calls(stripe, "POST", "/v1/checkout/sessions")[-1]["params"]["line_items"]
    assert int(line["quantity"]) == 3
    assert seats_at_stripe(stripe, mixed_team) == 3
    assert quantity_calls(stripe) == []
    assert value_of(owner_client.get(billing_url("tab", mixed_team)), "seat-count") == "3"


def test_with_everybody_switched_off_one_seat_is_billed_and_none_says_zero(stripe, holder, owner, buy):
    member = MembershipFactory(team=holder)
    buy(holder, "pro")
    with committed():
        member.delete()
        owner.is_active = False
        owner.save()
    staff = signed_in(UserFactory(is_staff=True, is_superuser=True))

    tasks.sync_subscriptions()

    assert seats_at_stripe(stripe, holder) == 1
    assert {int(call["params"]["quantity"]) for call in quantity_calls(stripe)} == {1}
    assert "0 seats" not in staff.get(f"/admin/teams/team/{holder.pk}/change/").content.decode()


def test_three_who_join_and_one_who_leaves_before_the_sync_are_one_call(stripe, holder, buy):
    buy(holder, "pro")
    with committed(), transaction.atomic():
        newcomers = MembershipFactory.create_batch(3, team=holder)
        newcomers[0].delete()

    (call,) = quantity_calls(stripe)
    assert call["params"]["quantity"] == "3"
    assert call["params"]["proration_behavior"] == "create_prorations"
    assert SeatSync.objects.filter(holder=holder).count() == 1


def test_in_whatever_order_the_tasks_run_and_how_often_the_count_counts(stripe, holder, buy):
    """Each task counts for itself: the one queued for the first newcomer sets what is true when it runs."""
    buy(holder, "pro")
    MembershipFactory.create_batch(2, team=holder)  # their tasks are lost

    for _task in range(3):
        with committed():
            tasks.match_seats(str(holder.pk))

    assert [call["params"]["quantity"] for call in quantity_calls(stripe)] == ["3"]
    assert seats_at_stripe(stripe, holder) == 3


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_the_same_moment_are_two_seats(stripe, holder, owner, buy_for_real):
    buy_for_real(holder)
    MembershipFactory.create_batch(2, team=holder)
    before = stripe.requests.count
    people = UserFactory.create_batch(2)
    invitations = [InvitationFactory(team=holder, email=person.email) for person in people]

    def accept(person: Any, invitation: Any) -> int:
        client = Client()
        client.force_login(person)
        return client.post(f"/teams/invitations/{invitation.token}/", {"action": "accept"}).status_code

    at_once(
        *[
            lambda person=person, invitation=invitation: accept(person, invitation)
            for person, invitation in zip(people, invitations, strict=True)
        ]
    )

    assert holder.get_quantity() == 5
    assert seats_at_stripe(stripe, holder) == 5
    assert current(holder).quantity == 5
    assert stripe.requests.count > before


@pytest.fixture
def buy_for_real(stripe, owner):
    """With transactions that commit: what is left for after a commit runs by itself."""

    def buy_for_real(holder: Any) -> None:
        client = Client()
        client.force_login(owner)
        choose(client, holder, "pro")
        stripe.complete_checkout(open_session(holder))
        stripe.pending_deliveries()
        sync.sync_customer(holder_model().objects.get(pk=holder.pk).stripe_customer_id)

    return buy_for_real


class Broken(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_an_error_after_joining_takes_seat_mail_and_news_to_stripe_back(stripe, holder, owner, buy_for_real):
    buy_for_real(holder)
    before = stripe.requests.count

    with suppress(Broken), transaction.atomic():
        services.invite(holder, ["new@example.com"], Role.MEMBER, by=owner)
        services.add_member(holder, UserFactory(), Role.MEMBER, by=owner)
        raise Broken

    assert (stripe.requests.count, len(mail.outbox)) == (before, 0)
    assert Team.objects.get(pk=holder.pk).get_quantity() == 1
    assert seats_at_stripe(stripe, holder) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_with_its_own_connection_sees_who_joined(stripe, holder, owner, buy_for_real, monkeypatch):
    """A broker that hands the task over in the very moment it gets it."""
    buy_for_real(holder)
    seen: list[int] = []

    def at_once_elsewhere(args: tuple[str], **options: Any) -> None:
        def work() -> None:
            seen.append(Team.objects.get(pk=args[0]).get_quantity())
            tasks.match_seats.run(*args)

        at_once(work)

    monkeypatch.setattr(tasks.match_seats, "apply_async", at_once_elsewhere)

    services.add_member(holder, UserFactory(), Role.MEMBER, by=owner)

    assert seen == [2]
    assert seats_at_stripe(stripe, holder) == 2
