from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.teams.selectors import membership_in


class TeamMiddleware:
    """`request.membership` and `request.team`: the person's own in the team of the address, else None.

    A team one is not in and a team that does not exist look the same from here on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.team = request.membership = None
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        slug = kwargs.get("team_slug")
        if slug and request.user.is_authenticated:
            request.membership = membership_in(slug, request.user)
            request.team = request.membership and request.membership.team
