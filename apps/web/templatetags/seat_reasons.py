"""Why the number of seats changed, in words."""

from __future__ import annotations

from typing import Protocol

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.models import label_text
from apps.core.templatetags.components import pure
from apps.subscriptions.services.seats.actors import shown_actor

register = template.Library()

# With and without the name: lines from before names were kept have none.
REASONS: dict[str, tuple[str | Promise, str | Promise]] = {
    "joined": (_("%(person)s joined"), _("Somebody joined")),
    "left": (_("%(person)s left"), _("Somebody left")),
    "removed": (_("%(person)s was removed"), _("Somebody was removed")),
    "deactivated": (_("The account of %(person)s was switched off"), _("An account was switched off")),
    "reactivated": (
        _("The account of %(person)s was switched on again"),
        _("An account was switched on again"),
    ),
}


class Change(Protocol):
    reason: str
    person_label: str
    actor_label: str
    by_support: bool
    before: int


@register.filter
@pure
def seat_change(change: Change) -> str:
    """What happened, with the name of whom it happened to; the reason itself when it has no words yet."""
    if change.reason == "joined" and change.before == 0:
        return gettext("Team created")
    named, nameless = REASONS.get(change.reason, (change.reason, change.reason))
    person = label_text(change.person_label)
    return str(named) % {"person": person} if person else str(nameless)


@register.filter
@pure
def seat_actor(change: Change) -> str:
    """Who did it; empty when it is whom it happened to."""
    if change.actor_label == change.person_label:
        return ""
    return label_text(shown_actor(change.actor_label, change.by_support))
