"""Puts the Stripe sandbox behind the product's HTTP client."""

from __future__ import annotations

import pytest
import stripe
from django.conf import settings as django_settings
from django.core.cache import caches

pytest_plugins = ["stripe_sandbox.pytest_plugin"]


def pytest_configure(config: pytest.Config) -> None:
    from stripe_sandbox.pytest_plugin import RUNNING

    # The one thing that differs from production: where Stripe is. gateway.py and dj-stripe read it per call.
    stripe.api_base = RUNNING.url


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about the other kind of holder has nothing to test in this run."""
    of_teams = django_settings.SUBSCRIPTION_HOLDER_MODEL == "teams.Team"
    foreign = [
        item for item in items if item.get_closest_marker("user_holder" if of_teams else "team_holder")
    ]
    config.hook.pytest_deselected(items=foreign)
    items[:] = [item for item in items if item not in foreign]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What chaos has delivered, the faults that were injected, the requests made up, in all processes."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    counted = [dict(report.user_properties) for report in reports if getattr(report, "when", "") == "call"]
    told = [found["deliveries"] for found in counted if "deliveries" in found]
    if told:
        terminalreporter.write_line(f"{sum(told):,} deliveries, 0 divergences in {len(told)} tests")
    if faults := [found["faults"] for found in counted if "faults" in found]:
        from tests.faults.figures import table

        for line in table(faults):
            terminalreporter.write_line(line)
    if fuzzed := [found["fuzz"] for found in counted if "fuzz" in found]:
        from tests.fuzz.figures import lines

        for line in lines(fuzzed):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def _stripe_without_a_socket():
    """The product's own HTTP client, its session mounted on the sandbox in this process.

    A forked process makes itself a plain client, as in production, and reaches the sandbox's server.
    """
    from apps.subscriptions.gateway import BudgetedClient
    from stripe_sandbox.pytest_plugin import RUNNING
    from stripe_sandbox.transport import in_process_session

    stripe.default_http_client = BudgetedClient(session=in_process_session(RUNNING.app, RUNNING.url))


@pytest.fixture(autouse=True)
def _mails_leave_after_the_request():
    """A test's transaction never commits: what a page posted is sent when its request is over, as by beat."""
    from django.core.signals import request_finished
    from django.db.models.signals import post_init

    from apps.core.models import OutgoingMail
    from apps.core.outbox import sending

    posted = []

    def note(**_facts):
        posted.append(True)

    def send(**_facts):
        if posted:
            sending.send_waiting()
            posted.clear()

    post_init.connect(note, sender=OutgoingMail)
    request_finished.connect(send)
    yield
    request_finished.disconnect(send)
    post_init.disconnect(note, sender=OutgoingMail)


@pytest.fixture
def queries_of():
    """`queries_of(work)`: how many statements it takes. The same with few rows as with many, or rows cost."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(work):
        work()  # what is read once for a process is read now
        with CaptureQueriesContext(connection) as asked:
            work()
        return len(asked)

    return count


@pytest.fixture(autouse=True)
def _own_mail_folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture(autouse=True)
def _empty_cache():
    """Rate limits and cached answers of one test are none of the next one's business."""
    yield
    for each in caches.all():
        each.clear()
