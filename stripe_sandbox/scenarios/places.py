"""Where stories are told: a world of their own in this process, a running sandbox, or Stripe's test mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from stripe import StripeClient

from stripe_sandbox.api.arriving import VERSION
from stripe_sandbox.scenarios.backstage import Backstage
from stripe_sandbox.server import start_in_thread

SANDBOX_KEY = "sk_test_" + "0" * 24


class WrongKey(ValueError):
    """The message says why a key is refused."""


@dataclass(frozen=True)
class Place:
    """`backstage` is None at the real Stripe."""

    api: Any
    backstage: Backstage | None

    @property
    def is_sandbox(self) -> bool:
        return self.backstage is not None


def at_stripe(key: str) -> Place:
    refuse_unless_test(key)
    return Place(StripeClient(key, stripe_version=VERSION, max_network_retries=3).v1, None)


def at_sandbox(url: str, key: str = SANDBOX_KEY) -> Place:
    refuse_unless_test(key)
    address = url.rstrip("/")
    client = StripeClient(key, base_addresses={"api": address}, stripe_version=VERSION, max_network_retries=0)
    return Place(client.v1, Backstage(address))


def refuse_unless_test(key: str) -> None:
    """These stories make customers, charge cards and move clocks."""
    if not key.startswith(("sk_test_", "rk_test_")):
        kind = "live key" if "_live_" in key else "key of an unknown kind"
        raise WrongKey(f"This is a {kind}; scenarios take test keys only (sk_test_... or rk_test_...).")


@contextmanager
def own_world() -> Iterator[Place]:
    running = start_in_thread(ticks=False)
    try:
        yield at_sandbox(running.url)
    finally:
        running.stop()
