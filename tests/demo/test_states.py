"""The demo's teams stand in the billing state their address says, and each gate knows it."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.test import Client

from apps.subscriptions.services import seats
from apps.subscriptions.tests.conftest import calls, current, gate_is_open, value_of
from apps.teams.models import Team
from apps.users.models import CustomUser
from scripts import demo_states
from scripts.demo_states import seed_states
from stripe_sandbox.scenarios import CATALOGUE
from stripe_sandbox.world import World

pytestmark = pytest.mark.team_holder

# slug, Stripe's status, whether the gated page opens, what the tab shows
STATES = [
    ("state-trialing", "trialing", True, "renewal-date"),
    ("state-active", "active", True, "renewal-date"),
    ("state-starter", "active", True, "renewal-date"),
    ("state-past-due", "past_due", True, "past-due-banner"),
    ("state-unpaid", "unpaid", False, "open-portal"),
    ("state-ending", "active", True, "ends-on"),
    ("state-canceled", "canceled", False, "choose-pro-month"),
    ("state-paused", "paused", False, "open-portal"),
    ("state-collection-paused", "active", True, "renewal-date"),
    ("state-downgrading", "active", True, "renewal-date"),
    ("state-disputed", "active", True, "renewal-date"),
    ("state-incomplete", "incomplete", False, "subscription-status"),
    ("state-incomplete-expired", "incomplete_expired", False, "choose-pro-month"),
]


@pytest.fixture
def owner_client(stripe: World) -> Client:
    """The demo's owner, after the demo has made its teams."""
    call_command("seed_demo", verbosity=0, stdout=io.StringIO())
    seed_states()
    client = Client()
    client.force_login(CustomUser.objects.get(email="owner@example.com"))
    return client


def test_each_team_lives_a_story_of_the_catalogue() -> None:
    lived = {state for scenario in CATALOGUE.values() for state in scenario.states}

    assert lived == {state.slug for state in demo_states.STATES} == {slug for slug, *_ in STATES}


def test_each_team_stands_in_its_state(owner_client: Client) -> None:
    for slug, status, is_open, shown in STATES:
        team = Team.objects.get(slug=slug)
        tab = owner_client.get(f"/a/{slug}/subscription/")

        assert value_of(tab, "subscription-status") == status, slug
        assert value_of(tab, shown) is not None, slug
        assert gate_is_open(owner_client, team) is is_open, slug


def test_seats_are_the_people_and_starter_is_flat(owner_client: Client) -> None:
    assert current(Team.objects.get(slug="state-active")).quantity == 3
    assert current(Team.objects.get(slug="state-starter")).quantity == 1


def test_stripe_has_been_told_every_count(owner_client: Client) -> None:
    assert list(seats.holders_to_sync()) == []


def test_making_them_again_changes_nothing(owner_client: Client, stripe: World) -> None:
    teams = Team.objects.count()
    before = len(calls(stripe, "POST", "/v1/customers"))

    seed_states()

    assert Team.objects.count() == teams
    assert len(calls(stripe, "POST", "/v1/customers")) == before == len(STATES)
    assert stripe.settings()["after_retries"] == "cancel"


def test_a_first_payment_that_was_never_finished_is_no_plan_that_ended(owner_client: Client) -> None:
    tab = owner_client.get("/a/state-incomplete-expired/subscription/").content.decode()

    assert "nothing was charged" in tab
    assert "Your last plan ended" not in tab


def test_payments_on_hold_say_until_when(owner_client: Client) -> None:
    tab = owner_client.get("/a/state-collection-paused/subscription/").content.decode()

    assert "Nothing is charged until" in tab
