from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.teams.selectors import memberships_of


def shell(request: HttpRequest) -> dict[str, object]:
    """`my_teams`: the person's memberships with their teams, read only if the page shows them."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"my_teams": []}
    return {"my_teams": SimpleLazyObject(lambda: list(memberships_of(request.user)))}
