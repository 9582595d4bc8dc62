"""What happened in a team: its audit entries as sentences for its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.models import AuditEntry
from apps.teams.models import Team
from apps.web.plan_news import change_told

A_PAGE = 25
# Told by another entry already, or of no interest to the team.
LEFT_OUT = [
    "team.invitation_accepted",
    "team.first_steps_hidden",
    "team.first_steps_shown",
    "subscription.portal_opened",
]


@dataclass(frozen=True)
class Happening:
    at: datetime
    who: str
    text: str


SENTENCES: dict[str, str | Promise] = {
    "team.created": gettext_lazy("created the team"),
    "team.renamed": gettext_lazy("renamed the team to %(name)s"),
    "team.address_changed": gettext_lazy("moved the team to /a/%(slug)s/"),
    "team.logo_changed": gettext_lazy("gave the team a new logo"),
    "team.logo_removed": gettext_lazy("removed the team's logo"),
    "team.invited": gettext_lazy("invited %(target)s"),
    "team.invitation_accepted": gettext_lazy("accepted the invitation"),
    "team.invitation_declined": gettext_lazy("declined the invitation"),
    "team.invitation_revoked": gettext_lazy("withdrew the invitation to %(target)s"),
    "team.invitation_resent": gettext_lazy("sent the invitation to %(target)s again"),
    "team.member_joined": gettext_lazy("joined the team"),
    "team.member_added": gettext_lazy("added %(target)s"),
    "team.member_left": gettext_lazy("left the team"),
    "team.member_removed": gettext_lazy("removed %(target)s"),
    "team.role_changed": gettext_lazy("changed the role of %(target)s"),
    "team.transferred": gettext_lazy("handed the team over to %(owner)s"),
    "subscription.checkout_started": gettext_lazy("went to Checkout"),
    "subscription.portal_opened": gettext_lazy("opened the billing portal"),
    "subscription.cancelled": gettext_lazy("cancelled the subscription"),
    "subscription.canceled": gettext_lazy("cancelled the subscription"),
    "subscription.resumed": gettext_lazy("kept the subscription"),
}


def recent_activity(team: Team, count: int) -> list[Happening]:
    """Newest first (one query)."""
    return [told(entry) for entry in _entries_of(team)[:count]]


def activity_page(team: Team, number: str | None) -> Page[Happening]:
    """All of it, page by page; the nearest there is for a number that is none (two queries)."""
    page = Paginator(_entries_of(team), A_PAGE).get_page(number)
    page.object_list = [told(entry) for entry in page.object_list]
    return page


def _entries_of(team: Team) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(holder_id=team.pk)
    return entries.exclude(action__in=LEFT_OUT).select_related("actor")


def told(entry: AuditEntry) -> Happening:
    after = entry.after if isinstance(entry.after, dict) else {}
    if entry.action == "subscription.changed":
        before = entry.before if isinstance(entry.before, dict) else {}
        return Happening(entry.at, _who(entry), change_told(before, after))
    words = {
        "target": entry.target_label,
        "name": after.get("name", ""),
        "slug": after.get("slug", ""),
        "owner": after.get("owner", ""),
    }
    # An action without a sentence shows its own name rather than nothing.
    sentence = SENTENCES.get(_action(entry), "")
    text = str(sentence) % words if sentence else entry.action.replace(".", ": ").replace("_", " ")
    return Happening(entry.at, _who(entry), text)


def _action(entry: AuditEntry) -> str:
    """Joining is the newcomer's own act, unless somebody else did it for them."""
    if entry.action != "team.member_joined" or entry.actor is None:
        return entry.action
    return entry.action if str(entry.actor) in entry.target_label else "team.member_added"


def _who(entry: AuditEntry) -> str:
    if entry.actor:
        return getattr(entry.actor, "name", "") or entry.actor.email
    return entry.actor_label or _("Stripe")
