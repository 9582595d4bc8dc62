"""The product as processes of their own - gunicorn, worker, beat - with services that come and go.

PostgreSQL and Redis are the town's own; Stripe and the mail server live in this process, which shares
the database and the broker: a test makes things happen by the product's own services.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import environ
import redis
from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test import Client, override_settings
from django.utils import timezone

from apps.core.tasks import breaker
from apps.subscriptions import sync
from apps.subscriptions.mails import outbox as notices
from apps.subscriptions.models import Notice, SeatSync, WebhookEvent
from apps.subscriptions.services import setup
from apps.subscriptions.services.seats.claims import LONGEST_CALL
from apps.subscriptions.tests.conftest import choose, open_session
from apps.teams.mails import outbox as invitations
from apps.teams.models import Invitation, Team
from config.celery import app
from stripe_sandbox.pytest_plugin import RUNNING
from stripe_sandbox.world import World
from tests.outages.apps import TABLE

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from processes import Child, stop
from services import Server, free_port, postgres_server, valkey_server

PATIENCE = 240.0  # only a fault takes so long; a busy machine is several times slower
QUEUED = timedelta(minutes=2)  # an event that was begun, or handed out, is left alone for so long
LOG = os.environ.get("TOWN_LOG")  # a file, for whoever wants to read along
WORKER = ["-m", "celery", "-A", "config", "worker", "--concurrency", "2", "-l", "info", "--without-gossip"]
WORKER += ["--without-mingle"]
BEAT = ["-m", "celery", "-A", "config", "beat", "-l", "info", "--pidfile="]
WEB = ["-m", "gunicorn", "--config", "config/gunicorn.py", "--workers", "1", "config.wsgi"]


class MailServer:
    """Takes every mail, and knows how often it got which."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(message_from_bytes(envelope.content))
        return "250 OK"

    @contextmanager
    def running(self) -> Iterator[None]:
        self._controller.start()
        try:
            yield
        finally:
            self._controller.stop()

    def to(self, address: str) -> list[Any]:
        return [mail for mail in self.got if mail["To"] == address]

    def saying(self, word: str) -> list[Any]:
        return [mail for mail in self.got if word in _text(mail)]

    def doubled(self) -> Counter[str]:
        ids = Counter(mail["Message-ID"] for mail in self.got)
        return Counter({key: times for key, times in ids.items() if times > 1})


def _text(mail: Any) -> str:
    return b"".join(part.get_payload(decode=True) or b"" for part in mail.walk()).decode()


@dataclass
class Town:
    world: World
    database: Server
    broker: Server
    mail: MailServer
    secret: str = ""
    children: list[Child] = field(default_factory=list)
    log: list[tuple[str, str]] = field(default_factory=list)

    # Processes ------------------------------------------------------------------------------------------
    def start(self, name: str, command: list[str], said: str, **env: str) -> Child:
        """Returns when it has said so."""
        began = len(self.log)
        child = Child(name, [sys.executable, *command], env={**self._env(), **env}, show=self._note)
        self.children.append(child)
        until(lambda: child.exit_code is not None or self.said(said, by=name, since=began), f"{name} is up")
        assert child.exit_code is None, "\n".join(child.last_lines)
        return child

    def worker(self, name: str = "worker") -> Child:
        return self.start(name, [*WORKER, "-n", f"{name}@%h"], "ready.")

    def beat(self, name: str = "beat", *options: str) -> Child:
        return self.start(name, [*BEAT, *options], "beat: Starting...")

    def web(self) -> Web:
        port = free_port()
        return Web(port, self.start("web", [*WEB, "--bind", f"127.0.0.1:{port}"], "Booting worker"))

    def stop(self, *children: Child) -> None:
        stop(children, patience=30)
        for child in children:
            self.children.remove(child)

    def stop_all(self) -> None:
        self.stop(*self.children)

    def kill(self, child: Child) -> None:
        """All of it, as a machine that ends: nothing is put back, nothing is said."""
        child.signal_group(signal.SIGKILL)
        child.wait()
        if child in self.children:
            self.children.remove(child)

    def _note(self, name: str, line: str) -> None:
        self.log.append((name, line))
        if LOG:
            with open(LOG, "a") as file:
                file.write(f"{name}: {line}\n")

    def said(self, words: str, *, by: str = "", since: int = 0) -> list[str]:
        return [line for name, line in self.log[since:] if words in line and by in name]

    def _env(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "tests.outages.settings",
            "ENV_FILE": os.devnull,
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
            "DATABASE_URL": self.database.url,
            "REDIS_URL": self.broker.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "STRIPE_API_HOST": RUNNING.url,
            "STRIPE_CALLS_PER_SECOND": "0",
            "DJSTRIPE_WEBHOOK_SECRET": self.secret,
            "ADMINS": "ops@example.com",
        }

    # What people and Stripe do -----------------------------------------------------------------------------
    def pay(self, team: Team, plan: str = "pro", interval: str = "month") -> None:
        """By the owner, at Checkout; our row stands, the events wait."""
        client = Client()
        client.force_login(team.memberships.owners().get().user)
        choose(client, team, plan, interval)
        self.world.complete_checkout(open_session(team))
        sync.sync_customer(Team.objects.get(pk=team.pk).stripe_customer_id)

    def news(self) -> list[Any]:
        """What Stripe has to tell, signed."""
        return self.world.pending_deliveries()

    def database_is_back(self) -> None:
        """Started again, and done with its recovery."""
        self.database.start()
        until(_connects, "PostgreSQL takes connections")

    # Time --------------------------------------------------------------------------------------------------
    def minutes_pass(self, since: datetime) -> None:
        """What was taken before `since` by somebody who is dead now is anybody's. Nobody works meanwhile."""
        now = timezone.now()
        Notice.objects.filter(sent_at=None, due_at__lte=since + notices.CLAIM).update(due_at=now)
        mails = Invitation.all_teams.filter(mail_sent_at=None, mail_due_at__lte=since + invitations.CLAIM)
        mails.update(mail_due_at=now)
        events = WebhookEvent.objects.filter(processed_at=None, next_attempt_at__lte=since + QUEUED)
        events.update(next_attempt_at=now)
        SeatSync.objects.filter(told_at=None, claimed_until__lte=since + LONGEST_CALL).update(
            claimed_until=now
        )

    def settle(self, left: Callable[[], Any], seconds: float = PATIENCE) -> None:
        """Minutes pass whenever nobody works, until nothing is left."""
        deadline = time.monotonic() + seconds
        while waiting := left():
            assert time.monotonic() < deadline, f"Still waiting: {waiting}"
            seen = timezone.now()
            time.sleep(0.5)
            if self.nobody_works():
                self.minutes_pass(seen)

    def nobody_works(self) -> bool:
        """Nothing in the queue, nothing in a worker's hands: asked in the order in which a task moves."""
        with app.connection_for_write() as broker:  # a fresh one: the broker may have been away
            inspect = app.control.inspect(timeout=1.0, limit=1, connection=broker)
            return not (self.in_queues() or _any(inspect.reserved()) or _any(inspect.active()))

    def in_queues(self) -> int:
        """Tasks that no worker has taken yet."""
        return sum(int(self.redis().llen(queue.name)) for queue in settings.CELERY_TASK_QUEUES)

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.broker.url, socket_timeout=5)


@dataclass
class Web:
    port: int
    child: Child

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> tuple[int, str, Any]:
        return self._open(urllib.request.Request(self.url + path))

    def deliver(self, signed: Any) -> int:
        """As Stripe does: the status of the answer."""
        address = f"{self.url}/stripe/webhook/"
        return self._open(urllib.request.Request(address, signed.body, dict(signed.headers)))[0]

    def _open(self, request: urllib.request.Request) -> tuple[int, str, Any]:
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers


def _any(answer: dict[str, list[object]] | None) -> bool:
    """No answer: nobody to ask, so nobody knows."""
    return answer is None or any(answer.values())


def until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"Not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def _connects() -> bool:
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    return True


@contextmanager
def a_town() -> Iterator[Town]:
    """With its tables, its catalogue at Stripe, and nobody at work."""
    RUNNING.world.reset("empty")
    RUNNING.world.hold_deliveries()
    with ExitStack() as stack:
        database = stack.enter_context(postgres_server())
        broker = stack.enter_context(valkey_server())
        mail = MailServer()
        stack.enter_context(mail.running())
        stack.enter_context(_connected_to(database.url))
        stack.enter_context(_publishing_to(broker.url))
        town = Town(RUNNING.world, database, broker, mail)
        stack.callback(town.stop_all)
        _prepare(town)
        stack.enter_context(
            override_settings(SEAT_SYNC_QUIET_SECONDS=0.3, DJSTRIPE_WEBHOOK_SECRET=town.secret)
        )
        yield town


def _prepare(town: Town) -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (event_id text)")
    call_command("bootstrap_subscriptions", push=True, verbosity=0, stdout=_Nowhere())
    town.secret = setup.connect_webhooks("http://testserver/stripe/webhook/")["secret"]
    town.news()


class _Nowhere:
    def write(self, text: str) -> None:
        """Commands print; tests read what they did."""


@contextmanager
def _connected_to(url: str) -> Iterator[None]:
    """The test's own connection, too."""
    kept = dict(connections["default"].settings_dict)
    connection.close()
    connection.settings_dict.update(environ.Env.db_url_config(url))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)


@contextmanager
def _publishing_to(url: str) -> Iterator[None]:
    kept = {name: app.conf[name] for name in ("task_always_eager", "broker_url")}
    app.conf.update(task_always_eager=False, broker_url=url)
    app.amqp._producer_pool = None
    breaker.open_until = 0.0
    try:
        yield
    finally:
        app.conf.update(kept)
        app.amqp._producer_pool = None
        breaker.open_until = 0.0
