"""What an entry of the audit log was before and after, in words: fields have names, codes are said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.audit import FOR_STAFF
from apps.core.dates import day_text
from apps.core.models import AuditEntry, label_text
from apps.core.numbers import number_text
from apps.core.phrases import labelled
from apps.subscriptions.metadata import PlanInterval, find_plan
from apps.subscriptions.models import Status
from apps.teams.roles import Role
from apps.web.account_words import METHODS, methods_text

FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "slug": gettext_lazy("Address"),
    "email": gettext_lazy("Email address"),
    "time_zone": gettext_lazy("Time zone"),
    "language": gettext_lazy("Language"),
    "billing_contact": gettext_lazy("Billing contact"),
    "billing_email": gettext_lazy("Email address for invoices"),
    "role": gettext_lazy("Role"),
    "owner": gettext_lazy("Owner"),
    "plan": gettext_lazy("Plan"),
    "next_plan": gettext_lazy("Next plan"),
    "interval": gettext_lazy("Billing interval"),
    "quantity": gettext_lazy("Seats"),
    "status": gettext_lazy("Status"),
    "ends_at": gettext_lazy("Ends"),
    "until": gettext_lazy("Until"),
    "trial_end": gettext_lazy("Trial ends"),
    "when": gettext_lazy("When"),
    "method": gettext_lazy("By"),
    "methods": gettext_lazy("By"),
    "provider": gettext_lazy("Account elsewhere"),
    "sessions": gettext_lazy("Sessions"),
    "is_active": gettext_lazy("Account active"),
    "is_staff": gettext_lazy("May open the admin"),
    "is_superuser": gettext_lazy("May do everything in the admin"),
    "groups": gettext_lazy("Groups"),
    "permissions": gettext_lazy("Permissions"),
    "reason": gettext_lazy("Reason"),
}


@dataclass(frozen=True)
class Change:
    field: str
    before: str
    after: str


def changes_of(entry: AuditEntry) -> list[Change]:
    """Each field that differs, in the order it was written down."""
    before, after = _as_dict(entry.before), _as_dict(entry.after)
    found = [
        Change(_name(key), _value(key, before.get(key)), _value(key, after.get(key)))
        for key in dict.fromkeys((*before, *after))
        if key not in FOR_STAFF
    ]
    return [change for change in found if change.before != change.after]


def one_line(changes: list[Change]) -> str:
    """Role: Member → Admin; Seats: 3"""
    return "; ".join(_told(change) for change in changes)


def _told(change: Change) -> str:
    if change.before and change.after:
        return labelled(change.field, f"{change.before} → {change.after}")
    if change.before:
        return labelled(change.field, _("%(value)s, no longer") % {"value": change.before})
    return labelled(change.field, change.after)


def _as_dict(stored: Any) -> dict[str, Any]:
    if isinstance(stored, dict):
        return stored
    return {} if stored is None else {"value": stored}


def _name(key: str) -> str:
    return str(FIELDS[key]) if key in FIELDS else key.replace("_", " ").capitalize()


def _value(key: str, stored: Any) -> str:
    if stored is None or stored == "":
        return ""
    if isinstance(stored, bool):
        return _("yes") if stored else _("no")
    if isinstance(stored, int):
        return number_text(stored)
    if isinstance(stored, list):
        return methods_text(map(str, stored)) if key == "methods" else ", ".join(_parts(stored))
    if isinstance(stored, dict):
        return ", ".join(f"{_name(name)} {_value(name, value)}" for name, value in stored.items())
    word = str(stored)
    return WORDS[key](word) if key in WORDS else label_text(word)


def _parts(stored: list[Any]) -> Iterator[str]:
    for part in stored:
        yield _value("", part)


def _plan(slug: str) -> str:
    plan = find_plan(slug)
    return plan.name if plan else slug


def _interval(word: str) -> str:
    texts = {PlanInterval.MONTH.value: _("monthly"), PlanInterval.YEAR.value: _("yearly")}
    return texts.get(word, word)


def _day(word: str) -> str:
    try:
        return day_text(datetime.fromisoformat(word))
    except (ValueError, OverflowError):
        return word


def _when(word: str) -> str:
    return {"now": _("at once"), "at_renewal": _("at the renewal")}.get(word, word)


WORDS: dict[str, Callable[[str], str]] = {
    "role": lambda word: str(Role(word).label) if word in Role.values else word,
    "status": lambda word: str(Status(word).label) if word in Status.values else word,
    "plan": _plan,
    "next_plan": _plan,
    "interval": _interval,
    "ends_at": _day,
    "until": _day,
    "trial_end": _day,
    "when": _when,
    "method": lambda word: str(METHODS.get(word, word)),
    "provider": lambda word: str(METHODS.get(word, word)),
}
