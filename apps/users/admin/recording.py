"""What staff change on a person's page stands in the audit log, like what people do on their profile.

What somebody may do, and whether their account is on, is noted by whichever door: `rights_log.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from apps.core.audit import IN_THE_ADMIN, record
from apps.users.models import CustomUser

_Base = UserAdmin if TYPE_CHECKING else object
Facts = dict[str, str]
PROFILE = ("name", "time_zone", "language")
INVOICES = ("billing_contact", "billing_email")


class RecordsPeople(_Base):
    """Mixin for the admin of people."""

    def save_model(self, request: HttpRequest, obj: CustomUser, form: Any, change: bool) -> None:
        stood = _facts(CustomUser.objects.select_for_update(no_key=True).get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        if stood is not None:
            _record_changes(obj, stood, request.user)


def _facts(person: CustomUser) -> Facts:
    contact = person.billing_contact
    told = {"billing_contact": contact.email if contact else ""}
    return told | {field: getattr(person, field) for field in (*PROFILE, "billing_email")}


def _record_changes(person: CustomUser, stood: Facts, by: CustomUser) -> None:
    now = _facts(person)
    moved = {field for field in now if now[field] != stood[field]}
    if moved & set(PROFILE):
        facts = _only(PROFILE, moved, stood, now)
        record("user.profile_changed", actor=by, target=person, **facts)
    if moved & set(INVOICES):
        facts = _only(INVOICES, moved, stood, now)
        record("user.billing_changed", actor=by, target=person, **facts)


def _only(fields: tuple[str, ...], moved: set[str], stood: Facts, now: Facts) -> dict[str, Facts]:
    before = {field: stood[field] for field in fields if field in moved}
    return {"before": before, "after": {**{field: now[field] for field in before}, **IN_THE_ADMIN}}
