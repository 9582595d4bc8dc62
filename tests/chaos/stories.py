"""A story of the scenario catalogue, told about a holder of ours and pictured moment by moment.

Told once. A picture is what Stripe holds at a moment and what it has to say then, so that any number of runs
hear of the same story, with the same ids, each by another network.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stripe_sandbox.delivery import wants
from stripe_sandbox.photograph import begin_again, photograph
from stripe_sandbox.scenarios import Scenario, Stage
from stripe_sandbox.scenarios.backstage import Backstage
from stripe_sandbox.scenarios.running import paying_with
from stripe_sandbox.scenarios.stage import DAY
from stripe_sandbox.world import World


@dataclass(frozen=True)
class Moment:
    """`photo`: the world at Stripe, as bytes. `events`: what it tells at this moment, in order."""

    at: datetime
    photo: bytes
    events: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Story:
    slug: str
    customer_id: str
    moments: tuple[Moment, ...] = field(repr=False)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for moment in self.moments for event in moment.events]

    @property
    def begins(self) -> datetime:
        return self.moments[0].at

    @property
    def ends(self) -> datetime:
        return self.moments[-1].at


def our_endpoint(world: World) -> dict[str, Any]:
    (ours,) = (row for row in world.all("webhook_endpoint") if row["url"].startswith("http://testserver"))
    return ours


def show(world: World, moment: Moment) -> None:
    begin_again(world, pickle.loads(moment.photo))


class Camera:
    """Takes a picture whenever Stripe has something new to tell."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.moments: list[Moment] = []
        self.seen = len(world.all("event"))

    def look(self, at: int) -> None:
        fresh = self.world.all("event")[self.seen :]
        self.seen += len(fresh)
        told = tuple(event for event in fresh if wants(our_endpoint(self.world), event["type"]))
        if told:
            photo = pickle.dumps(photograph(self.world))
            self.moments.append(Moment(datetime.fromtimestamp(at, UTC), photo, told))


@dataclass
class SlowStage(Stage):
    """Days pass one at a time, so that each has its picture."""

    camera: Camera | None = None

    def look(self) -> None:
        assert self.camera is not None
        self.camera.look(self.now)

    def wait(self, days: float) -> None:
        self.look()
        target = self.now + int(days * DAY)
        while self.now < target:
            moment = min(self.now + DAY, target)
            self.api.test_helpers.test_clocks.advance(self.clock, {"frozen_time": moment})
            self.look()


def record(
    scenario: Scenario,
    world: World,
    api: Any,
    customer_id: str,
    clock: str,
    seats: int,
    backstage: Backstage | None,
) -> Story:
    """`customer_id` stands on the test clock `clock`, at the scenario's beginning."""
    camera = Camera(world)
    stage = SlowStage(api, customer_id, clock, seats=seats, prefix="", backstage=backstage, camera=camera)
    scenario.tell(stage)
    stage.look()
    return Story(scenario.slug, customer_id, tuple(camera.moments))


def customer_params(holder: Any, scenario: Scenario, clock: str) -> dict[str, Any]:
    return {
        "test_clock": clock,
        "name": "Ada Example",
        "email": "ada@example.com",
        "metadata": {"djstripe_subscriber": str(holder.pk)},
        **paying_with(scenario.card),
    }
