"""Worker, beat, database and broker are killed at any moment, with work of all kinds due."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection

from config.celery import app
from tests.outages.due_work import DueWork
from tests.outages.town import Child, Town, until

pytestmark = [pytest.mark.team_holder]

LONGEST_RUN = 2.5  # seconds after which most of the work is done: a kill comes before
BATCH = 10


class Killer:
    """Kills one of those at work, and starts it again as a supervisor does."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.worker, self.beat = town.worker(), town.beat()
        self.victims: dict[str, Callable[[], None]] = {
            "worker": self._worker,
            "worker's main process": self._main,
            "worker's child": self._child,
            "beat": self._beat,
            "database": self._database,
            "redis": self._redis,
        }

    def _worker(self) -> None:
        self.town.kill(self.worker)
        self.worker = self.town.worker()

    def _main(self) -> None:
        """Its children may still end what they have begun."""
        group = self.worker.process.pid
        self.worker.process.send_signal(signal.SIGKILL)
        self.worker.wait()
        until(lambda: not _lives(group), "the children have noticed")
        self.town.kill(self.worker)
        self.worker = self.town.worker()

    def _child(self) -> None:
        children = _children(self.worker)
        with suppress(ProcessLookupError):
            os.kill(random.choice(children), signal.SIGKILL)

    def _beat(self) -> None:
        self.town.kill(self.beat)
        self.beat = self.town.beat()

    def _database(self) -> None:
        self.town.database.kill()
        connection.close()
        self.town.database_is_back()

    def _redis(self) -> None:
        self.town.broker.kill()
        self.town.broker.start()

    def settle(self, work: DueWork) -> None:
        self.town.settle(work.left)
        assert self.worker.exit_code is None
        assert self.beat.exit_code is None

    def an_hour_passes(self) -> None:
        """What was in a dead worker's hands is delivered once more."""
        with app.connection_for_write() as broker:
            channel = broker.default_channel
            channel.visibility_timeout = -1
            channel.qos.restore_visible(num=10_000)
        until(self.town.nobody_works, "all that came again is worked")


def say(line: str) -> None:
    """For whoever runs it with -s."""
    sys.stdout.write(f"{line}\n")


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _children(child: Child) -> list[int]:
    pid = child.process.pid
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def run(town: Town, killer: Killer, seed: int, victim: str) -> None:
    dice = random.Random(seed)
    work = DueWork(town)
    work.happens()
    after = dice.uniform(0, LONGEST_RUN)
    time.sleep(after)
    left = work.left()
    killer.victims[victim]()
    killer.settle(work)
    killer.an_hour_passes()
    work.each_effect_came_once()
    say(f"Seed {seed}: {victim} killed after {after:.2f} s, {', '.join(left) or 'nothing'} left then")


def told_of(town: Town) -> None:
    say(f"Mails that left twice, with one Message-ID: {len(town.mail.doubled())} of {len(town.mail.got)}")


@pytest.mark.slow
def test_each_can_be_killed_once(town: Town) -> None:
    killer = Killer(town)

    for seed, victim in enumerate(killer.victims):
        run(town, killer, seed, victim)
    told_of(town)


@pytest.mark.chaos
@pytest.mark.parametrize("batch", range(10))
def test_a_hundred_kills(town: Town, batch: int) -> None:
    killer = Killer(town)

    for _kill in range(BATCH):
        seed = random.SystemRandom().randrange(10**9)
        run(town, killer, seed, random.Random(seed).choice(list(killer.victims)))
    told_of(town)
