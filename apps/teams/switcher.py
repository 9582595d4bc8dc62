"""The team somebody is in, on pages of no team too, and the others they may go to."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.core.prepared import Prepared
from apps.teams.models import Membership, Team
from apps.teams.roles import role_label
from apps.teams.selectors import memberships_of
from apps.users.models import CustomUser

SHOWS = 8
COOKIE = "team"  # a browser remembers it: no page that is only looked at writes a row for it


class Place(NamedTuple):
    """A team as the switcher shows it."""

    slug: str
    name: str
    logo: Any
    role: str

    @classmethod
    def of(cls, mine: Membership) -> Place:
        return cls(mine.team.slug, mine.team.name, mine.team.logo, role_label(mine.role))


class Switcher(NamedTuple):
    """`place`: None when there is no telling. `places`: a handful by name, that one always among them."""

    place: Place | None = None
    places: tuple[Place, ...] = ()


def switcher(request: HttpRequest) -> Switcher:
    """No query for who is in no team but this; a second for whoever was last far down a long list."""
    membership = getattr(request, "membership", None)
    if membership is not None and not membership.has_other_teams:
        only = Place.of(membership)
        return Switcher(only, (only,))
    offered = tuple(_first.ask(user=request.user.pk))
    here = membership or _last(request, offered)
    if here is not None and here not in offered:
        offered = (here, *offered[: SHOWS - 1])
    return Switcher(Place.of(here) if here else None, tuple(map(Place.of, offered)))


_first: Prepared[Membership] = Prepared(lambda user: memberships_of(user)[:SHOWS], user=CustomUser._meta.pk)


def _last(request: HttpRequest, offered: tuple[Membership, ...]) -> Membership | None:
    """Where this browser was last, if that is still theirs; or the only one."""
    key = request.COOKIES.get(COOKIE, "")
    found = next((mine for mine in offered if mine.team_id.hex == key), None)
    if found is None and len(offered) == SHOWS:
        found = _further_down(request.user, key)
    return offered[0] if found is None and len(offered) == 1 else found


def _further_down(user: Any, key: str) -> Membership | None:
    """A cookie may say anything: what is no key of a team is none of theirs."""
    try:
        return memberships_of(user).filter(team_id=UUID(hex=key)).first()
    except ValueError:
        return None


def remember(request: HttpRequest, response: HttpResponse, team: Team) -> None:
    """For as long as somebody stays signed in at most. What it opens is asked of the team each time."""
    if request.COOKIES.get(COOKIE) == team.pk.hex:
        return
    response.set_cookie(
        COOKIE,
        team.pk.hex,
        max_age=settings.SESSION_COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
