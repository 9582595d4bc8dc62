"""A real worker's log: what a request asked for carries the request's ids; what failed says so once."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from kombu import Connection

from apps.teams.tests.factories import MembershipFactory, TeamFactory
from config import celery_app
from config.urls import urlpatterns as product

sys.path.insert(0, str(Path(settings.BASE_DIR) / "scripts"))

from processes import Child, stop, wait_until
from services import valkey

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.urls("tests.test_task_log")]

WORKER = [
    "-m",
    "celery",
    "--quiet",
    "-A",
    "config",
    "worker",
    "--pool=solo",
    "--without-mingle",
    "--without-gossip",
]
REQUEST_ID = "edge-7f1c.Frankfurt"


class Worker:
    """A worker with an empty database: each task that asks it for anything fails."""

    def __init__(self, broker: str, folder: Path) -> None:
        self.broker = broker
        self.lines: list[str] = []
        self.child = Child("worker", [sys.executable, *WORKER], env=self._env(folder), show=self._note)
        self.until("ready.")

    def send(self, task: str, *args: Any) -> str:
        with Connection(self.broker) as connection:
            return str(celery_app.send_task(task, args, connection=connection).id)

    def until(self, words: str) -> None:
        said = wait_until(lambda: any(words in line for line in self.lines), child=self.child, seconds=120)
        assert said, "\n".join(self.lines)

    def facts(self, words: str) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self.lines) if words in line["event"]]

    def steps_of(self, task_id: str) -> list[str]:
        """Until it is tried for the second time, under the same id."""
        steps = [line["event"] for line in self.facts("") if line.get("task_id") == task_id]
        return steps[: steps.index("task_retrying") + 1] if "task_retrying" in steps else steps

    def _note(self, name: str, line: str) -> None:
        self.lines.append(line)

    def _env(self, folder: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",  # Celery warns of root, as which containers and CI run
            "DJANGO_SETTINGS_MODULE": "config.settings.prod",
            "ENV_FILE": os.devnull,
            "SECRET_KEY": "x",
            "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3",
            "REDIS_URL": self.broker,
            "STRIPE_TEST_SECRET_KEY": "sk_test_x",
        }


@pytest.fixture(scope="module")
def worker_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    celery_app.conf.task_always_eager = False
    with valkey() as broker:
        worker = Worker(broker, tmp_path_factory.mktemp("worker"))
        yield worker
        stop([worker.child])
    celery_app.conf.task_always_eager = True


@pytest.fixture
def worker(worker_of_module: Worker) -> Worker:
    worker_of_module.lines.clear()
    return worker_of_module


def asks(request: Any, **names: str) -> HttpResponse:
    for task in ("apps.subscriptions.tasks.sweep_inbox", "apps.subscriptions.tasks.process_events"):
        Asked.worker.send(task, *(("cus_1", "evt_1") if task.endswith("events") else ()))
    return HttpResponse("asked")


class Asked:
    worker: Worker


urlpatterns = [*product, path("a/<slug:team_slug>/asks/", asks)]


def test_a_task_is_found_by_the_request_that_asked_for_it(worker: Worker, client: Client) -> None:
    team = TeamFactory()
    user = MembershipFactory(team=team).user
    client.force_login(user)
    Asked.worker = worker

    client.get(f"/a/{team.slug}/asks/", headers={"X-Request-ID": REQUEST_ID})
    worker.until("task_retrying")
    worker.send("apps.subscriptions.tasks.sweep_inbox")
    wait_until(lambda: len(worker.facts("task_failed")) == 2, child=worker.child, seconds=120)

    asked, by_itself = worker.facts("task_failed")
    assert (asked["request_id"], asked["user_id"], asked["team"]) == (REQUEST_ID, str(user.pk), str(team.pk))
    assert asked["task"] == "apps.subscriptions.tasks.sweep_inbox"
    assert "no such table" in asked["exception"]
    assert asked["level"] == "error"
    assert "request_id" not in by_itself
    assert by_itself["task_id"] != asked["task_id"]


def test_a_task_about_a_team_names_it_also_when_it_failed(worker: Worker) -> None:
    team_id = "3f2b6c1e-8a7d-4e5f-9b0a-1c2d3e4f5a6b"

    task_id = worker.send("apps.teams.tasks.send_invitations_of", team_id)
    worker.until("send_invitations_of")
    wait_until(lambda: "task_failed" in worker.steps_of(task_id), child=worker.child, seconds=120)

    assert {line["team"] for line in worker.facts("task_") if line["task_id"] == task_id} == {team_id}


def test_each_step_of_a_task_has_one_line(worker: Worker) -> None:
    task_id = worker.send("apps.subscriptions.tasks.process_events", "cus_1", "evt_1")
    wait_until(lambda: "task_retrying" in worker.steps_of(task_id), child=worker.child, seconds=120)

    steps = worker.steps_of(task_id)
    assert steps[0] == "task_started"
    assert steps.count("task_retrying") == steps.count("task_started") == 1
    assert [step for step in steps if "process_events failed, next try in" in step]
    assert worker.facts("received") == []


def test_every_line_of_a_worker_is_an_object(worker: Worker) -> None:
    worker.send("apps.subscriptions.tasks.sweep_inbox")
    worker.send("nowhere.nothing")
    worker.until("task_not_found")

    assert [line for line in worker.lines if not line.startswith("{")] == []
