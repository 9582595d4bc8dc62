"""What changed about a subscription, as the end of a sentence that begins with who changed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from apps.core.dates import day_text
from apps.core.numbers import number_text
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Status

Facts = Mapping[str, Any]


def change_told(before: Facts, after: Facts) -> str:
    """The weightiest difference; of a new subscription its status."""
    for name, words in TOLD.items():
        if before and before.get(name) != after.get(name):
            return words(before, after)
    return _status(before, after)


def _status(before: Facts, after: Facts) -> str:
    word = after.get("status", "")
    label = Status(word).label if word in Status.values else word
    return _("updated the subscription: %(status)s") % {"status": label}


def _plan(before: Facts, after: Facts) -> str:
    plan = find_plan(after.get("plan", ""))
    return _("changed the plan to %(plan)s") % {"plan": plan.name} if plan else _status(before, after)


def _rhythm(before: Facts, after: Facts) -> str:
    return _("changed to yearly payment") if after["interval"] == "year" else _("changed to monthly payment")


def _end(before: Facts, after: Facts) -> str:
    moment = parse_datetime(after.get("ends_at") or "")
    if moment is None:
        return _("noted that the plan goes on")
    return _("noted that the plan ends on %(date)s") % {"date": day_text(moment)}


def _next_plan(before: Facts, after: Facts) -> str:
    plan = find_plan(after.get("next_plan", ""))
    if plan is None:
        return _("noted that the plan stays")
    return _("noted the change to %(plan)s at the renewal") % {"plan": plan.name}


def _seats(before: Facts, after: Facts) -> str:
    if after.get("quantity") is None or before.get("quantity") is None:
        return _status(before, after)
    words = {"before": number_text(before["quantity"]), "after": number_text(after["quantity"])}
    return _("changed the billed seats from %(before)s to %(after)s") % words


TOLD = {
    "status": _status,
    "plan": _plan,
    "interval": _rhythm,
    "ends_at": _end,
    "next_plan": _next_plan,
    "quantity": _seats,
}
