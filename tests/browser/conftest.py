"""The real product, started as anybody starts it, and people with browsers of their own.

DATABASE_URL and REDIS_URL of the environment decide what is driven: PostgreSQL and Redis (web, Celery worker,
beat and the Stripe sandbox as processes, signed webhooks between them), or SQLite and the web process alone.
"""

from __future__ import annotations

import os
import re
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.account import StripeAccount
from tests.browser.person import Person
from tests.browser.visitor import Visitor

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "scripts"))  # at the end: they are scripts, their names are not ours to take

import chromium  # noqa: E402
from fresh_demo import FreshDemo, fresh_demo  # noqa: E402
from production import production  # noqa: E402

from tests.browser.house import house, open_page  # noqa: E402, F401

SHOTS = ROOT / "var" / "reports" / "browser"

Arrive = Callable[..., Person]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def product() -> Iterator[FreshDemo]:
    with _own_database(os.environ.get("DATABASE_URL", "")) as database:
        redis = {"REDIS_URL": os.environ.get("REDIS_URL", "")}
        gated = {"DJANGO_SETTINGS_MODULE": "tests.browser.settings"}
        with fresh_demo(**database, **redis, **gated) as demo:
            yield demo


@pytest.fixture(scope="session")
def site(product: FreshDemo) -> Iterator[str]:
    """The same people and teams, served as on a server: its address."""
    with production(product) as address:
        yield address


@contextmanager
def _own_database(address: str) -> Iterator[dict[str, str]]:
    """A new database on the given server. SQLite needs none: the demo's own file is new."""
    if not address.startswith("postgres"):
        yield {}
        return
    name = f"browser_tests_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {"DATABASE_URL": re.sub(r"/[^/]*$", f"/{name}", address)}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=chromium.FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def account(product: FreshDemo) -> Iterator[StripeAccount]:
    """What Stripe has. Faults and held webhooks do not outlive the test."""
    account = StripeAccount(product.sandbox)
    yield account
    account.behave()


@pytest.fixture
def arrive(
    request: pytest.FixtureRequest, product: FreshDemo, browser: Browser
) -> Iterator[Callable[..., Person]]:
    """Somebody new, with a browser of their own: `arrive("ada@example.com", java_script_enabled=False)`.

    After the test nothing may be left that a browser complained about.
    """
    visitors: list[Visitor] = []

    def arrive(email: str = "", **options: object) -> Person:
        visitor = Visitor(browser, product.site, product.sandbox, **options)
        visitors.append(visitor)
        return Person(visitor, email)

    yield arrive
    if failed(request.node):
        _keep_pictures(request.node.name, visitors)
    complaints = [complaint for visitor in visitors for complaint in visitor.leave()]
    assert not complaints, "\n".join(complaints)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    demo = getattr(item, "funcargs", {}).get("product")
    if report.failed and demo:
        report.sections.append(("the product's last words", "\n".join(list(demo.log.lines)[-60:])))
    return report


FAILED = pytest.StashKey[bool]()


def failed(item: pytest.Item) -> bool:
    return item.stash.get(FAILED, False)


def _keep_pictures(name: str, visitors: list[Visitor]) -> None:
    """What each person saw last."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    word = re.sub(r"\W+", "-", name).strip("-")
    for number, visitor in enumerate(visitors, 1):
        visitor.page.screenshot(path=SHOTS / f"{word}-{number}.png", full_page=True)
