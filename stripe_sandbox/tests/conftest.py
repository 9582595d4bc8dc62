"""A customer of the sandbox: stripe's own library, and a listener for webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from stripe import StripeClient

from stripe_sandbox.server import Running
from stripe_sandbox.tests.listener import Listener
from stripe_sandbox.tests.shop import KEY, Control, Shop
from stripe_sandbox.world import World


@pytest.fixture
def api(stripe_sandbox: Running, demo_world: World) -> Any:
    """stripe-python's services, pointed at a sandbox that sells the demo catalogue."""
    client = StripeClient(KEY, base_addresses={"api": stripe_sandbox.url}, max_network_retries=0)
    return client.v1


@pytest.fixture
def shop(api: Any, demo_world: World) -> Shop:
    return Shop(api, demo_world)


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.stop()


@pytest.fixture
def control(stripe_sandbox: Running, demo_world: World) -> Any:
    """`control("POST", "clock", advance=60)` calls the control API and answers (status, JSON)."""
    return Control(stripe_sandbox.url)
