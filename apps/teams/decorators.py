from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from apps.teams.roles import Permission

View = Callable[..., HttpResponse]


def team_member_required(view: View) -> View:
    """Only members of the team in the address get in.

    Strangers see 404: whether a team exists is none of their business.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(_page_behind(request))
        if request.membership is None:
            raise Http404
        return view(request, *args, **kwargs)

    wrapper.checks_team = True  # read by core/tests/test_architecture.py
    return wrapper


def _page_behind(request: HttpRequest) -> str:
    """Where to go on after login: an address that takes a form is no page to come back to."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return reverse("web:dashboard", args=[request.resolver_match.kwargs["team_slug"]])


def permission_required(permission: Permission) -> Callable[[View], View]:
    """Members whose role allows `permission`; other members get 403, strangers 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        @team_member_required
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.membership.allows(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        wrapper.checks_team = True
        return wrapper

    return decorate
