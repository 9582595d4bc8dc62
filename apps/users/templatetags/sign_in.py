"""What pages about signing in need in templates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from allauth.account import app_settings
from allauth.socialaccount.models import SocialAccount
from django import template

from apps.core.templatetags.components import pure
from apps.users.devices import device
from apps.users.providers import Connection, Provider, connections, providers

register = template.Library()
register.filter(device)


@register.simple_tag
@pure
def sign_in_providers() -> list[Provider]:
    return providers()


@register.simple_tag
def mailed_code_minutes() -> int:
    """How long a mailed code is good for."""
    return app_settings.LOGIN_BY_CODE_TIMEOUT // 60


@register.filter
def as_connections(accounts: Iterable[SocialAccount]) -> list[Connection]:
    return connections(accounts)


@register.filter
def in_fours(secret: str) -> str:
    """ABCD EFGH: for whoever types it."""
    return " ".join(re.findall(".{1,4}", secret))
