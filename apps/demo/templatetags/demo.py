"""The demo's link in the rail, and the rail's other links while one is on the demo's pages."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.core.templatetags.components import pure
from apps.demo.addresses import PAGES, demo_url_of

register = template.Library()


@register.simple_tag
@pure
def demo_link(slug: str, path: str) -> SafeString:
    """Current on both pages: one is behind the other's tab."""
    url = demo_url_of("content_gate", slug)
    return render_to_string("demo/_rail_link.html", {"url": url, "path": _here(slug, path) and url})


@register.simple_tag
@pure
def outside_demo(slug: str, path: str) -> str:
    """Empty on the demo's pages: the Subscription tab, whose address theirs begin with, is not current."""
    return "" if _here(slug, path) else path


def _here(slug: str, path: str) -> bool:
    return path in [demo_url_of(page, slug) for page in PAGES]
