"""The name of the business that the pages speak for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def shop_name(world: World) -> str:
    with world:
        accounts = world.all("account")
    account = accounts[0] if accounts else {}
    dashboard = (account.get("settings") or {}).get("dashboard") or {}
    profile = account.get("business_profile") or {}
    return dashboard.get("display_name") or profile.get("name") or "Sandbox business"
