from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import engines
from django.utils import timezone

from apps.core.templatetags import components
from apps.subscriptions.models import SeatChange
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.teams.roles import Role
from apps.teams.services import create_team, invite, rename_team
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.tests.factories import UserFactory, sign_in
from apps.web.seat_chart import seat_chart

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return UserFactory(name="Ada Lovelace")


@pytest.fixture
def team(owner):
    return create_team("Analytical Engines", by=owner)


def page_of(client, team, user) -> str:
    client.force_login(user)
    return client.get(f"/a/{team.slug}/").content.decode()


@pytest.mark.team_holder
def test_a_new_owner_sees_what_to_do_first(client, team, owner):
    page = page_of(client, team, owner)

    assert "First steps" in page
    assert "Invite your colleagues" in page
    assert f'href="/a/{team.slug}/subscription/"' in page


def test_a_step_that_is_done_offers_no_button(client, team, owner):
    invite(team, ["charles@example.com"], Role.MEMBER, by=owner)

    page = page_of(client, team, owner)

    assert "<span>Invite people</span>" not in page
    assert "<span>See plans</span>" in page


def test_a_member_sees_no_steps_they_cannot_take(client, team):
    member = MembershipFactory(team=team).user

    assert "First steps" not in page_of(client, team, member)


def test_activity_is_told_in_sentences(client, team, owner):
    rename_team(team, "Difference Engines", by=owner)

    page = page_of(client, team, owner)

    assert "renamed the team to Difference Engines" in page
    assert "created the team" in page


def test_a_stranger_learns_nothing(client, team):
    client.force_login(UserFactory())

    assert client.get(f"/a/{team.slug}/").status_code == 404


def test_a_visitor_signs_in_first(client, team):
    response = client.get(f"/a/{team.slug}/")

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_a_name_with_markup_is_shown_as_written(client, owner):
    team = create_team("<b>Bold & Sons</b>", by=owner)

    page = page_of(client, team, owner)

    assert "&lt;b&gt;Bold &amp; Sons&lt;/b&gt;" in page
    assert "<b>Bold" not in page


@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC))
@pytest.mark.team_holder
def test_the_chart_shows_each_month_as_it_ended():
    team = TeamFactory()
    SeatChange._base_manager.filter(holder_id=team.pk).delete()
    for month, before, after in [(9, 0, 3), (10, 3, 5), (11, 5, 4)]:
        SeatChange.objects.create(
            holder=team, at=datetime(2026, month, 10, tzinfo=UTC), reason="joined", before=before, after=after
        )

    bars = seat_chart(team)

    assert [bar.seats for bar in bars] == [0] * 9 + [3, 5, 4]
    assert bars[-1].month.month == 11
    assert bars[0].month.year == 2025


@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC))
@pytest.mark.team_holder
def test_a_chart_begins_with_what_the_years_before_came_to():
    team = TeamFactory()
    SeatChange._base_manager.filter(holder_id=team.pk).delete()
    for year, month, before, after in [(2023, 5, 1, 9), (2025, 11, 9, 7), (2026, 6, 7, 8)]:
        SeatChange.objects.create(
            holder=team,
            at=datetime(year, month, 10, tzinfo=UTC),
            reason="joined",
            before=before,
            after=after,
        )

    bars = seat_chart(team)

    assert [bar.seats for bar in bars] == [7] * 6 + [8] * 6


@pytest.mark.team_holder
def test_a_member_is_told_whom_to_ask_about_an_overdue_payment(client, team, django_assert_num_queries):
    SubscriptionFactory(holder=team, past_due=True)
    member = MembershipFactory(team=team).user
    sign_in(client, member)

    # Session and person, membership, payment method, seats, activity, whom to ask.
    with django_assert_num_queries(6):
        page = client.get(f"/a/{team.slug}/").content.decode()

    assert "Ask Ada Lovelace to see to it." in page


@pytest.mark.team_holder
def test_an_urgent_banner_has_the_one_primary_button(client, team, owner):
    SubscriptionFactory(holder=team, past_due=True)

    page = page_of(client, team, owner)

    assert page.count("btn btn-primary") == 1
    assert "Update payment method" in page


@pytest.mark.team_holder
def test_what_comes_next_from_stripe_is_asked_after_the_page(client, team, owner):
    SubscriptionFactory(holder=team)

    page = page_of(client, team, owner)

    assert f'hx-get="/a/{team.slug}/subscription/next-invoice/?brief=1"' in page


@pytest.mark.team_holder
def test_large_numbers_of_seats_stay_readable(client, team, owner):
    SeatChange._base_manager.filter(holder_id=team.pk).delete()
    SeatChange.objects.create(
        holder=team, at=timezone.now() - timedelta(days=70), reason="joined", before=0, after=12_345
    )

    bars = seat_chart(team)
    page = page_of(client, team, owner)

    assert bars[-1].label == "12k"
    assert "12,345" in page


@pytest.mark.team_holder
@pytest.mark.parametrize("status", ["unpaid", "paused", "incomplete"])
def test_a_plan_that_is_closed_is_still_the_plan_that_was_chosen(client, team, owner, status):
    SubscriptionFactory(holder=team, status=status)

    page = page_of(client, team, owner)

    assert "<strong>Pro</strong>" in page
    assert "See the exact price for your seats before you pay." not in page


def test_the_parts_of_the_pages_people_open_most_are_remembered():
    engine = engines["django"].engine
    parts = [
        "_rail.html",
        "subscriptions/_current.html",
        "subscriptions/_invoices.html",
        "subscriptions/_seat_changes.html",
        "web/_plan.html",
        "web/_seat_chart.html",
        "teams/_people.html",
        "teams/_invite.html",
        "components/messages.html",
    ]

    assert [name for name in parts if not components.is_pure(engine.get_template(name))] == []
