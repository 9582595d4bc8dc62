"""A sandbox for the test process.

`pytest_plugins` in the root conftest starts one server per process when this module is imported, before
Django reads its settings, and puts its address into `STRIPE_API_HOST`. Tests take the fixture
`stripe_world` (or `stripe_sandbox` for the server): empty, deliveries held, its requests forgotten.
"""

from __future__ import annotations

import os

import pytest

from stripe_sandbox import recording
from stripe_sandbox.server import Running, start_in_thread
from stripe_sandbox.world import World

RUNNING = start_in_thread(ticks=False)
os.environ["STRIPE_API_HOST"] = RUNNING.url


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """The sandbox's own tests ask for nonsense on purpose; whatever others ask, the product asks."""
    own = item.nodeid.startswith("stripe_sandbox/")
    recording.asks(recording.SANDBOX if own else recording.PRODUCT)


@pytest.fixture
def stripe_sandbox() -> Running:
    """The server, its world empty again and its deliveries held."""
    RUNNING.world.reset("empty")
    RUNNING.world.hold_deliveries()
    return RUNNING


@pytest.fixture
def stripe_world(stripe_sandbox: Running) -> World:
    return stripe_sandbox.world


@pytest.fixture
def demo_world(stripe_sandbox: Running) -> World:
    """A world that sells the demo catalogue already."""
    stripe_sandbox.world.reset("demo")
    stripe_sandbox.world.hold_deliveries()
    return stripe_sandbox.world
