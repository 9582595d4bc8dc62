"""Events come late, twice, backwards, never; workers die over them: in the end all is as if they had not.

Every scenario of the catalogue, lived by a holder of ours. Hypothesis decides what becomes of each event. A
run that ends otherwise than the clean one is made as short as it goes and printed in sentences;
docs/testing.md tells how to read them.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, seed, settings

from apps.subscriptions.models import Notice
from stripe_sandbox.scenarios import Scenario
from stripe_sandbox.scenarios.catalogue import CHAPTERS
from tests.chaos.conftest import Tell
from tests.chaos.fates import BEATS, Fate, Plan, in_order, plans
from tests.chaos.stories import Story
from tests.chaos.world import EventWorld

pytestmark = pytest.mark.django_db

ALWAYS_THE_SAME = 7
DELIVERIES = int(os.environ.get("EVENT_CHAOS_DELIVERIES", "10000"))
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


def differing(found: dict[str, Any], clean: dict[str, Any]) -> list[str]:
    """The columns in which two sets of rows are not the same: what is found, and what belongs there."""
    return [
        f"{stripe_id} {name}: {found.get(stripe_id, {}).get(name)}, not {clean.get(stripe_id, {}).get(name)}"
        for stripe_id in sorted(found.keys() | clean.keys())
        for name in sorted((found.get(stripe_id) or clean[stripe_id]).keys())
        if found.get(stripe_id, {}).get(name) != clean.get(stripe_id, {}).get(name)
    ]


def assert_the_same(world: EventWorld, clean: End) -> None:
    chaotic = end_of(world)
    assert differing(chaotic.rows, clean.rows) == []
    assert chaotic.access == clean.access
    assert clean.seats_agree
    assert chaotic.seats_agree
    assert set(chaotic.notices) - set(clean.notices) == set(), "A mail that nobody should get"
    missing = [clean.notices[key] for key in set(clean.notices) - set(chaotic.notices)]
    assert [notice.key for notice in missing if world.is_missed(notice)] == [], "A mail that nobody got"


def live_in_chaos(world: EventWorld, story: Story, runs: int, number: int) -> None:
    print(f"EVENT_CHAOS_SEED={number}")  # noqa: T201 - shown with a failure
    clean = live_cleanly(world, story)

    @seed(number)
    @settings(
        max_examples=runs + 1,  # the first one is the clean run again
        phases=[Phase.generate, Phase.shrink],
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
# With one seat Pro is cheaper than Starter, and there is nothing to pay.
DEARER_WITH_A_CREW = {"upgrade-waits"}
SHARE = [
    pytest.param(row, marks=[pytest.mark.team_holder] if row.slug in DEARER_WITH_A_CREW else [], id=row.slug)
    for row in (TOLD if connection.vendor == "postgresql" else TOLD[::3])
]


@pytest.mark.parametrize("scenario", SHARE)
def test_whatever_becomes_of_the_events(event_world: EventWorld, tell: Tell, scenario: Scenario) -> None:
    number = int(os.environ.get("EVENT_CHAOS_SEED") or ALWAYS_THE_SAME + crc32(scenario.slug.encode()))
    live_in_chaos(event_world, tell(scenario), RUNS, number)


@pytest.mark.chaos
@pytest.mark.parametrize("half", [0, 1])  # one for each process
def test_ten_thousand_deliveries(
    event_world: EventWorld, tell: Tell, half: int, record_property: Callable[[str, object], None]
) -> None:
    chance = random.SystemRandom()
    for scenario in itertools.cycle(TOLD[half::2]):
        live_in_chaos(event_world, tell(scenario), 10, chance.randrange(2**32))
        if event_world.deliveries >= DELIVERIES / 2:
            break
    record_property("deliveries", event_world.deliveries)


# --- Four senders at once ----------------------------------------------------------------------------------


def hear_at_once(world: EventWorld, story: Story, number: int) -> None:
    """Threads keep no order that could be told again, so nothing is made shorter: the plan is printed."""
    clean, chance = live_cleanly(world, story), random.Random(number)
    fates = [
        Fate(lost=chance.random() < 0.1, late=chance.choice([0, 0, 1, 5]), copies=chance.choice([1, 2, 3]))
        for _event in story.events
    ]
    plan = Plan(story, tuple(fates), (BEATS[0],) * len(story.moments))
    print(f"Four senders at once, {plan}")  # noqa: T201 - shown with a failure
    world.hear_at_once(plan, senders=4)
    assert_the_same(world, clean)
    world.forget()


needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once(event_world: EventWorld, tell: Tell) -> None:
    for number, scenario in enumerate(TOLD[::9]):
        hear_at_once(event_world, tell(scenario), number)


@needs_postgresql
@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_for_every_story(
    event_world: EventWorld, tell: Tell, record_property: Callable[[str, object], None]
) -> None:
    for scenario in TOLD:
        hear_at_once(event_world, tell(scenario), random.SystemRandom().randrange(2**32))
    record_property("deliveries", event_world.deliveries)
