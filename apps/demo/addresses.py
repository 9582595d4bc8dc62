"""Where the demo's pages are."""

from __future__ import annotations

from django.urls import reverse

from apps.core.billing import SubscriptionModelBase

PAGES = ["content_gate", "page_gate"]


def demo_url(page: str, holder: SubscriptionModelBase) -> str:
    slug = getattr(holder, "slug", None)
    return reverse(f"demo:{page}", kwargs={"team_slug": slug} if slug else {})
