"""One team for each state of a subscription, each on a test clock of its own. For the Stripe sandbox alone.

Each team lives a story of the scenario catalogue, which says how the state comes about; nothing is written
into our rows but by `sync_customer`.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

import stripe
from django.conf import settings

from apps.core.models import AuditEntry
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import SeatChange
from apps.subscriptions.services.seats import match_seats
from apps.subscriptions.sync import sync_customer
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.services import add_member, create_team
from apps.users.models import CustomUser
from apps.web.management.commands.seed_people import make_person
from stripe_sandbox.scenarios import Stage, for_state
from stripe_sandbox.scenarios.places import Place, at_sandbox
from stripe_sandbox.scenarios.running import paying_with

DAY = 86_400
OWNER = "owner@example.com"
COLLEAGUES = {"bo@example.com": "Bo Builder", "dana@example.com": "Dana Designer"}


@dataclass(frozen=True)
class State:
    slug: str
    name: str
    began: float  # days ago; the story itself is not longer


# Began so long ago that what happens next is days away: renewals come on the same day of the month.
STATES = [
    State("state-trialing", "State: trialing", 5),
    State("state-active", "State: active", 71),
    State("state-starter", "State: starter", 100),
    State("state-past-due", "State: past due", 63),
    State("state-unpaid", "State: unpaid", 75),
    State("state-ending", "State: ending", 10),
    State("state-canceled", "State: canceled", 66),
    State("state-paused", "State: paused", 16),
    State("state-collection-paused", "State: collection paused", 8),
    State("state-downgrading", "State: downgrading", 10),
    State("state-disputed", "State: disputed", 9),
    State("state-incomplete", "State: incomplete", 0.1),
    State("state-incomplete-expired", "State: incomplete expired", 3),
]


def seed_states() -> list[str]:
    """Make the teams that are missing; answers the addresses of all. None when users hold subscriptions."""
    if holder_model() is not Team:
        return []
    place = at_sandbox(stripe.api_base, settings.STRIPE_TEST_SECRET_KEY)
    colleagues = [make_person(email, name) for email, name in COLLEAGUES.items()]
    owner = CustomUser.objects.get(email=OWNER)
    now = int(time.time())
    for state in STATES:
        if not Team.objects.filter(slug=state.slug).exists():
            _make(state, owner, colleagues, now, place)
    return [state.slug for state in STATES]


def _make(state: State, owner: CustomUser, colleagues: list[CustomUser], now: int, place: Place) -> None:
    began = now - int(state.began * DAY)
    team = create_team(state.name, by=owner)
    for colleague in colleagues:
        add_member(team, colleague, Role.MEMBER, by=owner)
    _date_back(team, datetime.fromtimestamp(began - DAY, UTC))
    _live(team, state, began, now, place)
    sync_customer(team.stripe_customer_id)
    team.refresh_from_db()
    match_seats(team)


def _live(team: Team, state: State, began: int, now: int, place: Place) -> None:
    """Tell the team's story at Stripe, and go on to the present."""
    story = for_state(state.slug)
    clock = place.api.test_helpers.test_clocks.create({"frozen_time": began, "name": team.slug}).id
    customer = _customer(team, clock, story.card, place)
    stage = Stage(place.api, customer, clock, seats=team.get_quantity(), prefix="", backstage=place.backstage)
    story.tell(stage)
    stage.wait((now - stage.now) / DAY)


def _customer(team: Team, clock: str, card: str, place: Place) -> str:
    made = place.api.customers.create(
        {
            "test_clock": clock,
            "name": team.name,
            "email": team.email,
            "metadata": {"djstripe_subscriber": str(team.pk)},
            **paying_with(card),
        }
    )
    team.stripe_customer_id = made.id
    team.save(update_fields=["stripe_customer_id"])
    return str(made.id)


def _date_back(team: Team, moment: datetime) -> None:
    """The team is older than its subscription, and so are its people."""
    Team.objects.filter(pk=team.pk).update(created_at=moment)
    for membership in team.memberships.all():
        membership.created_at = moment
        membership.save(update_fields=["created_at"])
    SeatChange._base_manager.filter(holder=team).update(at=moment)  # by its own manager a ledger is final
    AuditEntry._base_manager.filter(holder_id=team.pk).update(at=moment)
