"""Events come late, twice, backwards, never; workers die over them: in the end all is as if they had not.

Every scenario of the catalogue, lived by a holder of ours. Hypothesis decides what becomes of each event. A
run that ends otherwise than the clean one is made as short as it goes and printed in sentences;
docs/testing.md tells how to read them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from apps.subscriptions.models import Notice
from stripe_sandbox.scenarios import Scenario
from stripe_sandbox.scenarios.catalogue import CHAPTERS
from tests.chaos.conftest import Tell
from tests.chaos.fates import Plan, in_order, plans
from tests.chaos.stories import Story
from tests.chaos.world import EventWorld

pytestmark = pytest.mark.django_db

ALWAYS_THE_SAME = 7
RUNS = int(os.environ.get("EVENT_CHAOS_RUNS", "1"))


@dataclass(frozen=True)
class End:
    """What may not depend on the way the news took."""

    rows: dict[str, Any]
    access: dict[str, Any]
    notices: dict[str, Notice]
    seats_agree: bool


def end_of(world: EventWorld) -> End:
    return End(world.rows(), world.access(), world.notices(), world.seats_agree())


def live_cleanly(world: EventWorld, story: Story) -> End:
    with world.hear(in_order(story)):
        return end_of(world)


def assert_the_same(world: EventWorld, clean: End) -> None:
    chaotic = end_of(world)
    assert chaotic.rows == clean.rows
    assert chaotic.access == clean.access
    assert clean.seats_agree
    assert chaotic.seats_agree
    assert set(chaotic.notices) - set(clean.notices) == set(), "A mail that nobody should get"
    missing = [clean.notices[key] for key in set(clean.notices) - set(chaotic.notices)]
    assert [notice.key for notice in missing if world.is_still_true(notice)] == [], "A mail that nobody got"


def live_in_chaos(world: EventWorld, story: Story, runs: int, number: int) -> None:
    print(f"EVENT_CHAOS_SEED={number}")  # noqa: T201 - shown with a failure
    clean = live_cleanly(world, story)

    @seed(number)
    @settings(
        max_examples=runs + 1,  # the first one is the clean run again
        phases=[Phase.generate, Phase.shrink] if not os.environ.get("NOSHRINK") else [Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(plan=plans(story))
    def run(plan: Plan) -> None:
        if not plan.is_plain:
            with world.hear(plan):
                assert_the_same(world, clean)

    run()


# webhook-repeated is about the sandbox's own deliveries, which are ours to make here.
TOLD = [row for chapter in CHAPTERS for row in chapter.scenarios if row.slug != "webhook-repeated"]


@pytest.mark.parametrize("scenario", TOLD, ids=lambda scenario: scenario.slug)
def test_whatever_becomes_of_the_events(event_world: EventWorld, tell: Tell, scenario: Scenario) -> None:
    number = int(os.environ.get("EVENT_CHAOS_SEED") or ALWAYS_THE_SAME)
    live_in_chaos(event_world, tell(scenario), RUNS, number)
