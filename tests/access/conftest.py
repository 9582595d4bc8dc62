from __future__ import annotations

from typing import Any

import pytest

from apps.subscriptions.holders import billing_url
from stripe_sandbox.world import World
from tests.access.asking import Asker
from tests.access.world import AccessWorld


@pytest.fixture
def access(
    request: Any, stripe_world: World, holder: Any, owner: Any, owner_client: Any, settings: Any
) -> Any:
    """Makes the world of a row: `access(given)` -> (world, asker)."""

    def make(given: str = "") -> tuple[AccessWorld, Asker]:
        if given:
            request.getfixturevalue("stripe")  # has something to sell
        if given in ("pro", "ending"):
            request.getfixturevalue("buy")(holder, "pro")
        else:
            settings.TEAM_SEAT_LIMIT = None  # the free plan has no room for one of each role
        if given == "ending":
            owner_client.post(billing_url("cancel", holder))
        return AccessWorld(holder, owner), Asker(stripe_world)

    return make
