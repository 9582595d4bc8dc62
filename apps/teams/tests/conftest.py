import pytest

from apps.teams.signals import membership_changed
from apps.teams.tests.factories import TeamFactory


@pytest.fixture
def seat_news():
    """What teams told about their members: (reason, before, after), in order."""
    news = []

    def listen(sender, reason, before, after, **kwargs):
        news.append((reason, before, after))

    membership_changed.connect(listen)
    yield news
    membership_changed.disconnect(listen)


@pytest.fixture
def plan_with_seats(settings):
    """Sets how many people every team's plan has room for."""

    def set_limit(limit):
        settings.TEAM_SEAT_LIMIT = f"apps.teams.tests.plans.seats_{limit}"

    settings.TEAM_SEAT_LIMIT = None
    return set_limit


@pytest.fixture(autouse=True)
def no_limit(plan_with_seats):
    """Until a test sets one: plans are the subscriptions' business."""


@pytest.fixture
def team():
    return TeamFactory(name="Acme", slug="acme")


@pytest.fixture
def owner(team):
    return team.memberships.get().user
