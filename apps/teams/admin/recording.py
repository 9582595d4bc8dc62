"""What staff change on a team's page stands in the audit log, and is told, like what people do themselves.

Who is told reads the product's name, not that of the person of the staff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from apps.core.audit import IN_THE_ADMIN, record
from apps.teams.locks import lock_team
from apps.teams.mails.telling import tell_removed, tell_role_changed
from apps.teams.models import Membership, Team
from apps.users.models import CustomUser

_Base = admin.ModelAdmin if TYPE_CHECKING else object
Facts = dict[str, str]


class RecordsTeams(_Base):
    """Mixin for the team's ModelAdmin. The team is compared last: who goes may have had its invoices."""

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        obj.stood = _facts(lock_team(obj.pk)) if change else None  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)
        if not change:
            after = {**_facts(obj), **IN_THE_ADMIN}
            record("team.created_by_staff", actor=_staff(request), target=obj, after=after, holder=obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not Membership:
            super().save_formset(request, form, formset, change)
            return
        _record_removed(formset, _staff(request))  # while they are there
        super().save_formset(request, form, formset, change)
        _record_roles(formset, _staff(request))
        for row in formset.new_objects:
            after = {"role": row.role, **IN_THE_ADMIN}
            record("team.member_added", actor=_staff(request), target=row, after=after, holder=row.team)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            _record_team(Team.objects.get(pk=form.instance.pk), form.instance.stood, _staff(request))


def _staff(request: HttpRequest) -> CustomUser:
    return request.user


def _facts(team: Team) -> Facts:
    return {
        "name": team.name,
        "slug": team.slug,
        "billing_contact": team.billing_contact.email if team.billing_contact else "",
        "billing_email": team.billing_email,
    }


def _record_team(team: Team, stood: Facts, by: CustomUser) -> None:
    now = _facts(team)
    moved = [field for field in now if now[field] != stood[field]]
    before, after = {field: stood[field] for field in moved}, {field: now[field] for field in moved}
    if "name" in moved:
        facts = _only(before, after, "name")
        record("team.renamed", actor=by, target=team, holder=team, **facts)
    if "slug" in moved:
        facts = _only(before, after, "slug")
        record("team.address_changed", actor=by, target=team, holder=team, **facts)
    if {"billing_contact", "billing_email"} & set(moved):
        facts = _only(before, after, "billing_contact", "billing_email")
        record("team.billing_changed", actor=by, target=team, holder=team, **facts)


def _only(before: Facts, after: Facts, *fields: str) -> dict[str, Facts]:
    was = {field: before[field] for field in fields if field in before}
    became = {field: after[field] for field in fields if field in after}
    return {"before": was, "after": {**became, **IN_THE_ADMIN}}


def _record_removed(formset: Any, by: CustomUser) -> None:
    for row in formset.deleted_forms:
        gone = row.instance
        if gone._state.adding:
            continue
        gone.role = row.initial["role"]  # whatever else the form said
        before = {"role": gone.role}
        record(
            "team.member_removed",
            actor=by,
            target=gone,
            before=before,
            after=IN_THE_ADMIN,
            holder=gone.team,
        )
        if gone.user_id != by.pk:
            tell_removed(gone.team, gone.user, by=settings.PROJECT_NAME)


def _record_roles(formset: Any, by: CustomUser) -> None:
    for row in formset.initial_forms:
        if row in formset.deleted_forms or "role" not in row.changed_data:
            continue
        now = row.instance
        after = {"role": now.role, **IN_THE_ADMIN}
        before = {"role": row.initial["role"]}
        record("team.role_changed", actor=by, target=now, before=before, after=after, holder=now.team)
        if now.user_id != by.pk:
            tell_role_changed(now, by=settings.PROJECT_NAME)
