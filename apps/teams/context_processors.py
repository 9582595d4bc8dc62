from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.teams.roles import Permission
from apps.teams.selectors import teams_to_switch_to


def shell(request: HttpRequest) -> dict[str, object]:
    """`my_teams`: what the switcher offers, read only if the page shows it.

    `may_manage_settings`: in the team of this page.
    """
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"my_teams": []}
    membership = getattr(request, "membership", None)
    return {
        "my_teams": SimpleLazyObject(lambda: teams_to_switch_to(request.user, membership)),
        "may_manage_settings": bool(membership and membership.allows(Permission.MANAGE_SETTINGS)),
    }
