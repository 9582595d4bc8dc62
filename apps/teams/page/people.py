"""Who is in the team, and as what: searched, by role, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import HttpRequest

from apps.core.dates import day_text
from apps.core.prepared import Prepared
from apps.core.reversing import address
from apps.teams.directory import PAGE_SIZE, Wanted, find_members
from apps.teams.models import Membership, Team
from apps.teams.page.counts import CountedPaginator, Counts
from apps.teams.roles import Permission, Role, role_label


def context(request: HttpRequest, counts: Counts) -> dict[str, Any]:
    mine = request.membership
    grantable = Role(mine.role).grantable
    wanted = Wanted.from_query(request.GET)
    is_usual = not wanted.is_narrow and wanted.page == "1"
    found = () if is_usual else find_members(request.team, wanted)
    people = CountedPaginator(found, PAGE_SIZE, count=counts.found).get_page(wanted.page)
    members = _first_page.ask(team=request.team.pk) if is_usual else people
    return {
        "people": people,
        "pages": people if people.has_other_pages() else None,
        "members": [_row(member, grantable, mine) for member in members],
        "wanted": wanted,
        "people_url": _url(request),
        "way_back": page_url(request) if wanted.is_narrow or people.number > 1 else "",
        "all_roles": shown_roles(Role),
        "roles": shown_roles(grantable),
        "can_manage": mine.allows(Permission.MANAGE_MEMBERS),
    }


_first_page: Prepared[Membership] = Prepared(
    lambda team: find_members(team, Wanted())[:PAGE_SIZE], team=Team._meta.pk
)


def page_url(request: HttpRequest) -> str:
    """Of the page with the search as it was asked for, without what means nothing."""
    query = Wanted.from_query(request.GET).query(with_page=True)
    return f"{_url(request)}?{query}" if query else _url(request)


def _url(request: HttpRequest) -> str:
    return address("team:members", request.team.slug)


def shown_roles(roles: Iterable[Role]) -> tuple[tuple[str, str], ...]:
    return tuple((role.value, role_label(role.value)) for role in roles)


class Row(NamedTuple):
    """Somebody in the team, as the page shows them; `can_change`: by the viewer, another role or off."""

    key: str
    email: str
    name: str
    picture: Any
    joined: str
    role: str
    role_label: str
    is_active: bool
    is_me: bool
    can_change: bool


def _row(member: Membership, grantable: tuple[Role, ...], mine: Membership) -> Row:
    person = member.user
    return Row(
        key=str(member.pk),
        email=person.email,
        name=person.name,
        picture=person.avatar,
        joined=day_text(member.created_at),
        role=member.role,
        role_label=role_label(member.role),
        is_active=person.is_active,
        is_me=member.pk == mine.pk,
        can_change=member.role in grantable,
    )
