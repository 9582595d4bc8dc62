"""Audit entries as sentences for the people of a team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.models import AuditEntry
from apps.subscriptions.models import Status


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
    "subscription.changed": gettext_lazy("updated the subscription: %(status)s"),
    "subscription.cancelled": gettext_lazy("cancelled the subscription"),
    "subscription.canceled": gettext_lazy("cancelled the subscription"),
    "subscription.resumed": gettext_lazy("kept the subscription"),
}


def told(entry: AuditEntry) -> Happening:
    after = entry.after if isinstance(entry.after, dict) else {}
    words = {
        "target": entry.target_label,
        "name": after.get("name", ""),
        "slug": after.get("slug", ""),
        "owner": after.get("owner", ""),
        "status": _status(after.get("status", "")),
    }
    # An action without a sentence shows its own name rather than nothing.
    sentence = SENTENCES.get(_action(entry), "")
    text = str(sentence) % words if sentence else entry.action.replace(".", ": ").replace("_", " ")
    return Happening(entry.at, _who(entry), text)


def _status(word: str) -> str | Promise:
    return Status(word).label if word in Status.values else word


def _action(entry: AuditEntry) -> str:
    """Joining is the newcomer's own act, unless somebody else did it for them."""
    if entry.action != "team.member_joined" or entry.actor is None:
        return entry.action
    return entry.action if str(entry.actor) in entry.target_label else "team.member_added"


def _who(entry: AuditEntry) -> str:
    if entry.actor:
        return getattr(entry.actor, "name", "") or entry.actor.email
    return entry.actor_label or _("Stripe")
