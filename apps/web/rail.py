"""What the rail beside a page says and leads to: plain values, so that it is put together once for them."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest

from apps.teams.roles import Permission
from apps.teams.switcher import Place, switcher


class Rail(NamedTuple):
    """`team`: of a page of one. `holder`: who pays for what the page is about; None: nobody does.

    `place` and `places`: the team somebody is in and those they may go to. `used` and `limit`: of seats.
    """

    team: UUID | None
    slug: str
    holder: UUID | None
    holder_slug: str
    place: Place | None
    places: tuple[Place, ...]
    may_manage_settings: bool
    used: int
    limit: int | None
    email: str
    name: str
    picture: Any
    is_staff: bool


def shell(request: HttpRequest) -> dict[str, object]:
    """A context processor: `rail`, read only if the page shows it; None for a visitor."""
    user = getattr(request, "user", None)
    shown = user is not None and user.is_authenticated
    return {"rail": cache(lambda: _rail(request)) if shown else None}


def _rail(request: HttpRequest) -> Rail:
    # A refusal in place of a page may be made before the middleware has set these.
    team, membership = getattr(request, "team", None), getattr(request, "membership", None)
    holder = getattr(request, "subscription_holder", None)
    place, places = switcher(request)
    return Rail(
        team=team.pk if team else None,
        slug=team.slug if team else "",
        holder=holder.pk if holder else None,
        holder_slug=getattr(holder, "slug", ""),
        place=place,
        places=places,
        may_manage_settings=bool(membership and membership.allows(Permission.MANAGE_SETTINGS)),
        used=team.quantity_shown() if team else 0,
        limit=request.entitlements.seat_limit if team and team == holder else None,
        email=request.user.email,
        name=request.user.name,
        picture=request.user.avatar,
        is_staff=request.user.is_staff,
    )
