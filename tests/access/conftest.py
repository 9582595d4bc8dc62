from __future__ import annotations

from typing import Any

import pytest

from apps.subscriptions.holders import billing_url
from stripe_sandbox.world import World
from tests.access.asking import Asker
from tests.access.world import AccessWorld


@pytest.fixture
def access(stripe: World, holder: Any, owner: Any, owner_client: Any, buy: Any, settings: Any) -> Any:
    """Makes the world of a row: `access(given)` -> (world, asker)."""

    def make(given: str = "") -> tuple[AccessWorld, Asker]:
        if given:
            buy(holder, "pro")
        if given == "ending":
            owner_client.post(billing_url("cancel", holder))
        if not given:
            settings.TEAM_SEAT_LIMIT = None  # the free plan has no room for one of each role
        return AccessWorld(holder, owner), Asker(stripe)

    return make
