"""Finding people in a team that may have thousands, and teams of somebody who is in many: page by page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.http import QueryDict

from apps.core.paging import NearestPages
from apps.core.prepared import Slot
from apps.teams.models import Membership, Team
from apps.teams.roles import Role
from apps.teams.selectors import members_of, memberships_of
from apps.users.models import CustomUser

PAGE_SIZE = 25
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; whatever makes no sense is as if it were not asked."""

    text: str = ""
    role: str = ""
    page: str = "1"

    @classmethod
    def from_query(cls, query: QueryDict) -> Wanted:
        text = query.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
        role = query.get("role", "")
        page = query.get("page", "1")[:6]
        known = page.isdecimal() and int(page) > 0
        return cls(text, role if role in Role.values else "", page if known else "1")

    @property
    def is_narrow(self) -> bool:
        return bool(self.text or self.role)

    def query(self, *, with_page: bool = False) -> str:
        """As it stands in an address after the question mark; empty for the first page of everybody."""
        pairs = {"q": self.text, "role": self.role}
        if with_page and self.page != "1":
            pairs["page"] = self.page
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def lead(self) -> str:
        """What stands before `page=2` in an address."""
        return f"{self.query()}&" if self.query() else ""


def find_members(team: Team | Slot, wanted: Wanted) -> QuerySet[Membership]:
    """By name, as people look for people; who has none stands under the address. Stable between pages."""
    shown = Lower(Coalesce(NullIf("user__name", Value("")), "user__email"))
    found = members_of(team).order_by(shown, "created_at", "pk")
    if wanted.role:
        found = found.filter(role=wanted.role)
    return matching(found, wanted.text)


def matching(found: QuerySet[Membership], text: str) -> QuerySet[Membership]:
    """Those of whom each word stands in the name or the address."""
    for word in text.split():
        found = found.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    return found


def find_teams(user: CustomUser, wanted: Wanted) -> QuerySet[Membership]:
    """The person's memberships, by the teams' names; a search looks at names and addresses."""
    found = memberships_of(user)
    for word in wanted.text.split():
        found = found.filter(Q(team__name__icontains=word) | Q(team__slug__icontains=word))
    return found


def page_of(found: QuerySet[Membership], wanted: Wanted) -> Page[Membership]:
    """The page asked for; the nearest there is when that one is not there."""
    return NearestPages(found, PAGE_SIZE).get_page(wanted.page)
