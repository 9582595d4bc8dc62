"""One holder, whose customer lives any story of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.holders import holder_model
from apps.subscriptions.tests.conftest import api, secret
from apps.subscriptions.tests.own_line import calls_go_over
from apps.teams import services
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from stripe_sandbox.photograph import begin_again, photograph
from stripe_sandbox.pytest_plugin import RUNNING
from stripe_sandbox.scenarios import Scenario
from stripe_sandbox.scenarios.places import at_sandbox
from stripe_sandbox.scenarios.products import prepare as prepare_products
from stripe_sandbox.world import World
from tests.chaos.stories import Story, customer_params, record
from tests.chaos.world import ChaosLine, EventWorld

__all__ = ["api", "secret"]

Tell = Callable[[Scenario], Story]


@pytest.fixture
def crew(holder: SubscriptionModelBase, owner: CustomUser) -> SubscriptionModelBase:
    """Three seats, where seats are a team's."""
    if holder_model() is Team:
        for name in ("first@acme.example", "second@acme.example"):
            services.add_member(holder, UserFactory(email=name), Role.MEMBER, by=owner)
    return holder


@pytest.fixture
def tell(stripe: World, crew: SubscriptionModelBase) -> Tell:
    """Tell a scenario about our holder, in the world as it was set up, and take its pictures."""
    place = at_sandbox(RUNNING.url, django_settings.STRIPE_TEST_SECRET_KEY)
    prepare_products(place.api, "")
    stripe.pending_deliveries()
    photo = photograph(stripe)

    def tell(scenario: Scenario) -> Story:
        begin_again(stripe, photo)
        moment = int(scenario.began.timestamp())
        clock = place.api.test_helpers.test_clocks.create({"frozen_time": moment, "name": scenario.slug}).id
        customer = place.api.customers.create(customer_params(crew, scenario, clock)).id
        return record(scenario, stripe, place.api, customer, clock, crew.get_quantity(), place.backstage)

    return tell


@pytest.fixture
def event_world(
    tell: Tell,
    stripe: World,
    crew: SubscriptionModelBase,
    owner: CustomUser,
    settings: Any,
    time_machine: Any,
) -> Iterator[EventWorld]:
    settings.STRIPE_CALLS_PER_SECOND = 0  # nobody waits for a turn
    settings.ADMINS = [("Ops", "ops@example.com")]
    line = ChaosLine(RUNNING.app)
    with calls_go_over(line):
        world = EventWorld(stripe, crew, owner, line, time_machine)
        world.queue = []
        world.post_first_event()
        yield world
