"""What pages about signing in need in templates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from allauth.socialaccount.models import SocialAccount
from django import template
from django.utils.translation import gettext as _

from apps.users.providers import Connection, Provider, connections, providers

register = template.Library()

# The first that is in it: every browser claims to be some of the others, too.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@register.simple_tag
def sign_in_providers() -> list[Provider]:
    return providers()


@register.filter
def as_connections(accounts: Iterable[SocialAccount]) -> list[Connection]:
    return connections(accounts)


@register.filter
def device(user_agent: str) -> str:
    """Firefox on Linux. What a browser says of itself is a hint, never a proof."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Another device")


@register.filter
def in_fours(secret: str) -> str:
    """ABCD EFGH: for whoever types it."""
    return " ".join(re.findall(".{1,4}", secret))


def _first(words: dict[str, str], text: str) -> str:
    return next((name for mark, name in words.items() if mark in text), "")
