from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.teams.roles import Permission
from apps.teams.selectors import memberships_of


def shell(request: HttpRequest) -> dict[str, object]:
    """`my_teams`: the person's memberships with their teams, read only if the page shows them.

    `may_manage_settings`: in the team of this page.
    """
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"my_teams": []}
    membership = getattr(request, "membership", None)
    return {
        "my_teams": SimpleLazyObject(lambda: list(memberships_of(request.user))),
        "may_manage_settings": bool(membership and membership.allows(Permission.MANAGE_SETTINGS)),
    }
