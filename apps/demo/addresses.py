"""Where the demo's pages are."""

from __future__ import annotations

from django.urls import reverse

from apps.core.billing import SubscriptionModelBase

PAGES = ["content_gate", "page_gate"]


def demo_url(page: str, holder: SubscriptionModelBase) -> str:
    return demo_url_of(page, getattr(holder, "slug", ""))


def demo_url_of(page: str, slug: str) -> str:
    """`slug`: of the team that holds the subscription; "" is a person."""
    return reverse(f"demo:{page}", kwargs={"team_slug": slug} if slug else {})
