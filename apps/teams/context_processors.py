from __future__ import annotations

from functools import cache

from django.http import HttpRequest

from apps.teams.roles import Permission
from apps.teams.switcher import Switcher, switcher


def shell(request: HttpRequest) -> dict[str, object]:
    """`switcher`: the team somebody is in and the others, read only if the page shows them.

    `may_manage_settings`: in the team of this page.
    """
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"switcher": Switcher()}
    membership = getattr(request, "membership", None)
    return {
        "switcher": cache(lambda: switcher(request)),
        "may_manage_settings": bool(membership and membership.allows(Permission.MANAGE_SETTINGS)),
    }
