"""What happened in a team: its audit entries as sentences for its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from apps.core.audit import IN_THE_ADMIN
from apps.core.models import AuditEntry, label_text
from apps.core.paging import NearestPages
from apps.core.prepared import Prepared, Slot
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.selectors import by_stranger
from apps.web.activity_words import IN_THE_LOG, LEFT_OUT, SENTENCES, STAFF_S_OWN, STAFF_S_TOO, STORIES
from apps.web.plan_news import Facts

A_PAGE = 25
RECENT = 6  # on the home of the team
JOINED = "team.member_joined"
# What a sentence is made of; a person has many more columns.
TOLD = (
    "at",
    "action",
    "actor_label",
    "target_type",
    "target_label",
    "before",
    "after",
    "actor__name",
    "actor__email",
)
# A plan that goes on by itself, with a new card: Stripe's own entry tells it.
BY_ITSELF = Q(action="subscription.resumed", actor_label="")


@dataclass(frozen=True)
class Happening:
    at: datetime
    who: str
    text: str


def recent_activity(team: Team) -> list[Happening]:
    """The latest, newest first (one query)."""
    return [told(entry) for entry in _recent.ask(team_id=team.pk)]


def activity_page(team: Team, number: str | None) -> Page[Happening]:
    """All of it, page by page; the nearest there is for a number that is none (two queries)."""
    page = NearestPages(_entries_of(team.pk), A_PAGE).get_page(number)
    page.object_list = [told(entry) for entry in page.object_list]
    return page


def _entries_of(team_id: UUID | Slot) -> QuerySet[AuditEntry]:
    return entries_of(team_id).exclude(BY_ITSELF).exclude(action__in=LEFT_OUT).only(*TOLD)


_recent: Prepared[AuditEntry] = Prepared(lambda team_id: _entries_of(team_id)[:RECENT], team_id=Team._meta.pk)


def entries_of(team_id: UUID | Slot) -> QuerySet[AuditEntry]:
    """The team's whole log, each entry with its actor and whether staff did it (`by_support`)."""
    entries = AuditEntry.objects.filter(holder_id=team_id).select_related("actor")
    return entries.annotate(by_support=_by_support(team_id))


def _by_support(team_id: UUID | Slot) -> Case:
    """Done by staff, whose names are not for customers: also at the place of somebody of the team.

    Staff that left the house, or whose account is gone, are no more to be named than those who are there.
    """
    return Case(
        When(Q(impersonator__isnull=False) | ~Q(impersonator_label=""), then=Value(True)),
        When(actor_label="", then=Value(False)),
        When(after__how=IN_THE_ADMIN["how"], then=Value(True)),
        When(action__in=STAFF_S_OWN, then=Value(True)),
        When(Q(action__in=STAFF_S_TOO) & by_stranger(team_id), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def told(entry: AuditEntry) -> Happening:
    return Happening(entry.at, who(entry), text_of(entry))


def text_of(entry: AuditEntry) -> str:
    before, after = _facts(entry.before), _facts(entry.after)
    if entry.action in STORIES:
        return STORIES[entry.action](before, after)
    words = {
        "target": _target(entry, {**before, **after}),
        "name": after.get("name", ""),
        "slug": after.get("slug", ""),
        "owner": label_text(str(after.get("owner", ""))),
    }
    # An action without a sentence shows its own name rather than nothing.
    sentence = SENTENCES.get(entry.action) or IN_THE_LOG.get(entry.action, "")
    return str(sentence) % words if sentence else entry.action.replace(".", ": ").replace("_", " ")


def _target(entry: AuditEntry, facts: Facts) -> str:
    """A member's role stands behind their name; as stored, it is in the site's language."""
    name, opening, _role = entry.target_label.rpartition(" (")
    role = facts.get("role")
    if entry.target_type == "teams.membership" and opening and role in Role.values:
        return f"{label_text(name)} ({Role(role).label})"
    return label_text(entry.target_label)


def _facts(stored: object) -> Facts:
    return stored if isinstance(stored, dict) else {}


def who(entry: AuditEntry) -> str:
    if getattr(entry, "by_support", False):
        return _("Support")
    if entry.action == JOINED:
        return _newcomer(entry)
    return _actor(entry) or _("Stripe")


def _newcomer(entry: AuditEntry) -> str:
    """Whom the entry is about, by the name they had then.

    By the name they have now only if their address says that it was their own act: older entries of people
    whom somebody else added look the same.
    """
    name = label_text(entry.target_label).rsplit(" (", 1)[0]
    return _actor(entry) if name == entry.actor_label else name or _actor(entry)


def _actor(entry: AuditEntry) -> str:
    return (entry.actor.name or entry.actor.email) if entry.actor else label_text(entry.actor_label)
