"""The demo's link in the rail, and the rail's other links while one is on the demo's pages."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.core.billing import SubscriptionModelBase
from apps.demo.addresses import PAGES, demo_url

register = template.Library()


@register.simple_tag
def demo_link(holder: SubscriptionModelBase, path: str) -> SafeString:
    """Current on both pages: one is behind the other's tab."""
    url = demo_url("content_gate", holder)
    return render_to_string("demo/_rail_link.html", {"url": url, "path": _here(holder, path) and url})


@register.simple_tag
def outside_demo(holder: SubscriptionModelBase, path: str) -> str:
    """Empty on the demo's pages: the Subscription tab, whose address theirs begin with, is not current."""
    return "" if _here(holder, path) else path


def _here(holder: SubscriptionModelBase, path: str) -> bool:
    return path in [demo_url(page, holder) for page in PAGES]
