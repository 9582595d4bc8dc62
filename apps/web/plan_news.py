"""What became of a team's plan, as the end of a sentence that begins with who did it.

Facts come from the log as they were stored: any may be missing, or of another shape than today's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.core.dates import day_text
from apps.core.numbers import number_text
from apps.subscriptions.metadata import PlanInterval, find_plan
from apps.subscriptions.models import status_label

Facts = Mapping[str, Any]


def change_told(before: Facts, after: Facts) -> str:
    """The weightiest difference; of a new subscription its status."""
    for name, words in TOLD.items():
        if before and before.get(name) != after.get(name):
            return words(before, after)
    return _status(before, after)


def choice_told(before: Facts, after: Facts) -> str:
    """What somebody asked for; that it came true is Stripe's to tell, in `change_told`."""
    plan = find_plan(after.get("plan", ""))
    if plan is None:
        return _("chose another plan")
    if before.get("plan") == plan.slug:
        return _choice_of_interval(after)
    if after.get("when") == "at_renewal":
        return _("chose %(plan)s from the renewal on") % {"plan": plan.name}
    return _("chose the plan %(plan)s") % {"plan": plan.name}


def _choice_of_interval(after: Facts) -> str:
    texts: dict[str, str] = {
        PlanInterval.YEAR: _("chose yearly payment"),
        PlanInterval.MONTH: _("chose monthly payment"),
    }
    return texts.get(str(after.get("interval")), _("chose another interval"))


def longer_trial_told(before: Facts, after: Facts) -> str:
    day = _day(after.get("trial_end"))
    return _("extended the trial until %(date)s") % {"date": day} if day else _("extended the trial")


def gift_told(before: Facts, after: Facts) -> str:
    """Not why it was given: the reason is for colleagues."""
    plan, day = find_plan(after.get("plan", "")), _day(after.get("until"))
    if plan is None:
        return _("gave the team a plan")
    if day:
        return _("gave the team the plan %(plan)s until %(date)s") % {"plan": plan.name, "date": day}
    return _("gave the team the plan %(plan)s") % {"plan": plan.name}


def gift_end_told(before: Facts, after: Facts) -> str:
    plan = find_plan(before.get("plan", ""))
    return _("ended the given plan %(plan)s") % {"plan": plan.name} if plan else _("ended the given plan")


def _day(stored: Any) -> str:
    """Nothing for what is no moment."""
    try:
        return day_text(datetime.fromisoformat(stored))
    except (TypeError, ValueError, OverflowError):
        return ""


def _status(before: Facts, after: Facts) -> str:
    word = after.get("status") or ""
    label = status_label(str(word))
    if not label:
        return _("updated the subscription")
    return _("updated the subscription: %(status)s") % {"status": label}


def _plan(before: Facts, after: Facts) -> str:
    plan = find_plan(after.get("plan", ""))
    return _("changed the plan to %(plan)s") % {"plan": plan.name} if plan else _status(before, after)


def _rhythm(before: Facts, after: Facts) -> str:
    """Of a price that is not sold here the log does not know how many weeks or months it is for."""
    plan, interval = find_plan(after.get("plan", "")), str(after.get("interval") or "")
    if plan and interval in plan.prices:
        yearly = interval == PlanInterval.YEAR
        return _("changed to yearly payment") if yearly else _("changed to monthly payment")
    return _("changed how often the plan is paid") if interval else _status(before, after)


def _end(before: Facts, after: Facts) -> str:
    if not after.get("ends_at"):
        return _("noted that the plan goes on")
    day = _day(after["ends_at"])
    return _("noted that the plan ends on %(date)s") % {"date": day} if day else _status(before, after)


def _next_plan(before: Facts, after: Facts) -> str:
    plan = find_plan(after.get("next_plan", ""))
    if plan is None:
        return _("noted that the plan stays")
    return _("noted the change to %(plan)s at the renewal") % {"plan": plan.name}


def _seats(before: Facts, after: Facts) -> str:
    former, now = before.get("quantity"), after.get("quantity")
    if not isinstance(former, int) or not isinstance(now, int):
        return _status(before, after)
    words = {"before": number_text(former), "after": number_text(now)}
    return _("changed the billed seats from %(before)s to %(after)s") % words


TOLD = {
    "status": _status,
    "plan": _plan,
    "interval": _rhythm,
    "ends_at": _end,
    "next_plan": _next_plan,
    "quantity": _seats,
}
