"""Who moved the count, as customers read it: staff are not named to them."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, Exists, F, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext as _

from apps.subscriptions.models import SeatChange
from apps.teams.selectors import by_stranger


def changes_of(holder_id: Any) -> QuerySet[SeatChange]:
    """The ledger of the holder with this key.

    Each line has `by_support`: whether a stranger to the team did it, who is staff.

    Whoever came or went in this ledger is no stranger either: staff may have put them into the team.
    """
    changes = SeatChange.objects.filter(holder_id=holder_id)
    came_or_went = Exists(changes.filter(person_label=OuterRef("actor_label")))
    by_support = Case(
        When(actor_label="", then=Value(False)),  # nobody is known to have done it
        When(actor=F("holder"), then=Value(False)),
        When(by_stranger(holder_id) & ~came_or_went, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return changes.annotate(by_support=by_support)


def shown_actor(actor_label: str, by_support: bool) -> str:
    return _("Support") if by_support else actor_label
