"""A team's whole audit log for those who run it: searched, narrowed, page by page, and taken home as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.models import AuditEntry, label_text
from apps.core.paging import NearestPages
from apps.core.spreadsheets import AT_A_TIME, as_csv
from apps.teams.models import Team
from apps.web.activity import entries_of, text_of, who
from apps.web.log_details import Change, changes_of, one_line

A_PAGE = 25
PEOPLE_SHOWN = 200
LONGEST_SEARCH = 100
COLUMNS = ("at", "who", "what", "action", "changes", "network")
SUPPORT, PRODUCT = "support", "product"

_PEOPLE = ("team.member", "team.invit", "team.role", "team.transferred")
_MONEY = ("subscription.", "comp.", "drift.")


def _begins(*starts: str) -> Q:
    found = Q()
    for start in starts:
        found |= Q(action__startswith=start)
    return found


# What the choice says -> its words, and which actions that are.
KINDS: dict[str, tuple[str | Promise, Q]] = {
    "people": (gettext_lazy("People and roles"), _begins(*_PEOPLE)),
    "billing": (gettext_lazy("Plan and billing"), _begins(*_MONEY)),
    "team": (gettext_lazy("The team itself"), _begins("team.") & ~_begins(*_PEOPLE)),
    "other": (gettext_lazy("All else"), ~_begins("team.", *_MONEY)),
}


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; whatever makes no sense is as if it were not asked."""

    text: str = ""
    who: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def from_query(cls, query: QueryDict) -> Wanted:
        kind = query.get("kind", "")
        return cls(
            text=_clean(query.get("q", "")),
            who=_clean(query.get("who", "")),
            kind=kind if kind in KINDS else "",
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
        )

    @property
    def is_narrow(self) -> bool:
        return self != Wanted()

    @property
    def query(self) -> str:
        """As it stands in an address after the question mark."""
        since, until = self.since and self.since.isoformat(), self.until and self.until.isoformat()
        pairs = {"q": self.text, "who": self.who, "kind": self.kind, "since": since, "until": until}
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def lead(self) -> str:
        """What stands before `page=2` in an address."""
        return f"{self.query}&" if self.query else ""


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST_SEARCH]


def _day(text: str) -> date | None:
    """The first and the last days a calendar has cannot be had in every time zone."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if 1970 <= found.year <= 9000 else None


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    text: str
    network: str  # of the team's own people alone
    changes: list[Change]


def log_page(team: Team, wanted: Wanted, number: str | None) -> Page[Line]:
    """Two queries."""
    page = NearestPages(find(team, wanted), A_PAGE).get_page(number)
    page.object_list = [_line(entry) for entry in page.object_list]
    return page


def find(team: Team, wanted: Wanted) -> QuerySet[AuditEntry]:
    found = entries_of(team.pk)
    if wanted.who:
        found = found.filter(_by(wanted.who))
    if wanted.kind:
        found = found.filter(KINDS[wanted.kind][1])
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    for word in wanted.text.split():
        found = found.filter(_says(word))
    return found


def _by(who: str) -> Q:
    if who == SUPPORT:
        return Q(by_support=True)
    if who == PRODUCT:
        return Q(by_support=False, actor_label="")
    try:
        return Q(by_support=False, actor_id=UUID(who))
    except ValueError:
        return Q(by_support=False, actor_label=who)


def _says(word: str) -> Q:
    """Names of staff are not to be found out by searching for them."""
    actor = Q(actor_label__icontains=word) | Q(actor__name__icontains=word)
    return Q(target_label__icontains=word) | (Q(by_support=False) & actor)


def _midnight(day: date) -> datetime:
    """In the reader's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def people_of(team: Team) -> list[tuple[str, str]]:
    """(value, name) of everybody who stands in the log, for the choice; one query."""
    named = entries_of(team.pk).filter(by_support=False).exclude(actor_label="")
    rows = named.order_by().values_list("actor_id", "actor__name", "actor__email", "actor_label").distinct()
    found = {
        (str(pk) if pk else label): (name or email) if pk else label_text(label)
        for pk, name, email, label in rows[:PEOPLE_SHOWN]
    }
    people = sorted(found.items(), key=lambda pair: pair[1].lower())
    return [*people, (SUPPORT, _("Support")), (PRODUCT, _("Stripe and the product itself"))]


def _line(entry: AuditEntry) -> Line:
    by_support = getattr(entry, "by_support", False)
    network = "" if by_support else entry.ip_prefix
    return Line(entry.at, who(entry), text_of(entry), network, changes_of(entry))


def log_as_csv(team: Team, wanted: Wanted) -> Iterator[str]:
    """The newest first, as on the page."""
    return as_csv(COLUMNS, _rows(team, wanted))


def _rows(team: Team, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    for entry in find(team, wanted).iterator(AT_A_TIME):
        line = _line(entry)
        yield (line.at, line.who, line.text, entry.action, one_line(line.changes), line.network)
