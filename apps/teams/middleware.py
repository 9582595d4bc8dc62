from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.defaults import page_not_found

from apps.teams.models import Team
from apps.teams.selectors import membership_in
from apps.teams.slugs import address_today
from apps.teams.switcher import remember


class TeamMiddleware:
    """`request.membership` and `request.team`: the person's own in the team of the address, else None.

    The browser remembers which one it was, for the pages that are of no team.

    A team one is not in and a team that does not exist look the same from here on. Members who follow a link
    to a former address of their team are led to the same page below its present one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.team = request.membership = None
        response = self.get_response(request)
        if request.team and request.team.pk:  # it may have been deleted meanwhile
            remember(request, response, request.team)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        slug = kwargs.get("team_slug")
        if not slug or not request.user.is_authenticated:
            return None
        request.membership = membership_in(slug, request.user)
        request.team = request.membership and request.membership.team
        return None if request.team else _at_the_new_address(request, slug, kwargs)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The team was deleted while the page was being made: from now on it is as if it had never been."""
        return (
            page_not_found(request, error) if request.team and isinstance(error, Team.DoesNotExist) else None
        )


def _at_the_new_address(request: HttpRequest, slug: str, kwargs: dict[str, Any]) -> HttpResponse | None:
    """Nothing permanent: browsers keep such a redirect for ever, and a team may move back.

    A form in a tab that was open meanwhile is sent again as it is (307): nothing was done with it yet.
    """
    today = address_today(slug, request.user)
    if today is None:
        return None
    page = reverse(request.resolver_match.view_name, kwargs={**kwargs, "team_slug": today})
    query = request.META.get("QUERY_STRING", "")
    looks = request.method in ("GET", "HEAD")
    return HttpResponseRedirect(f"{page}?{query}" if query else page, preserve_request=not looks)
