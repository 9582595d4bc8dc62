"""Where the demo's pages are."""

from __future__ import annotations

from apps.core.billing import SubscriptionModelBase
from apps.core.reversing import address

PAGES = ["content_gate", "page_gate"]


def demo_url(page: str, holder: SubscriptionModelBase) -> str:
    return demo_url_of(page, getattr(holder, "slug", ""))


def demo_url_of(page: str, slug: str) -> str:
    """`slug`: of the team that holds the subscription; "" is a person."""
    return address(f"demo:{page}", **({"team_slug": slug} if slug else {}))
