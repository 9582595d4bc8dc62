"""Two beats and two workers at once: each thing is asked for twice, and done once."""

from __future__ import annotations

import pytest

from tests.outages.due_work import DueWork
from tests.outages.town import Town, until

pytestmark = [pytest.mark.slow, pytest.mark.team_holder]


def test_two_beats_and_two_workers(town: Town) -> None:
    for name in ("one", "two"):
        town.worker(f"worker-{name}")
        town.beat(f"beat-{name}")
    work = DueWork(town)

    work.happens()
    until(lambda: not work.left(), "all is done")

    for name in ("beat-one", "beat-two"):
        until(lambda name=name: len(town.said("Sending due task", by=name)) > 20, f"{name} goes on")
    work.each_effect_came_once()
    assert not town.mail.doubled()
