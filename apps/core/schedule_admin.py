"""Scheduled tasks for staff: who may only look changes nothing, and what is changed stands in the audit log.

celery-beat's own actions ask for no permission beside that to look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django_celery_beat import admin as theirs
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from apps.core.audit import record

# Moved by the scheduler itself.
ITS_OWN = {"id", "last_run_at", "total_run_count", "date_changed"}
# What a task is given may be somebody's, or a secret: only that it changed is kept.
UNSAID = {"args", "kwargs", "headers"}
THEIRS = theirs.PeriodicTaskAdmin

_Base = admin.ModelAdmin if TYPE_CHECKING else object

for _model in (ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule):
    admin.site.unregister(_model)


class RecordsSchedules(_Base):
    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        stood = _facts(obj) if change else None
        super().save_model(request, obj, form, change)
        if stood is None:
            record("task.created", actor=_staff(request), target=obj, after=_said(_facts(obj)))
        else:
            _record_change(obj, stood, _staff(request))

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        record("task.deleted", actor=_staff(request), target=obj, before=_said(_facts(obj)))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(PeriodicTask)
class ScheduledTaskAdmin(RecordsSchedules, THEIRS):
    @admin.action(description=THEIRS.enable_tasks.short_description, permissions=["change"])
    @transaction.atomic
    def enable_tasks(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        for task in queryset.filter(enabled=False):
            record("task.enabled", actor=_staff(request), target=task)
        super().enable_tasks(request, queryset)

    @admin.action(description=THEIRS.disable_tasks.short_description, permissions=["change"])
    @transaction.atomic
    def disable_tasks(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        for task in queryset.filter(enabled=True):
            record("task.disabled", actor=_staff(request), target=task)
        super().disable_tasks(request, queryset)

    @admin.action(description=THEIRS.toggle_tasks.short_description, permissions=["change"])
    @transaction.atomic
    def toggle_tasks(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        for task in queryset:
            record("task.disabled" if task.enabled else "task.enabled", actor=_staff(request), target=task)
        super().toggle_tasks(request, queryset)

    @admin.action(description=THEIRS.run_tasks.short_description, permissions=["change"])
    def run_tasks(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        """No transaction: a task leaves. Noted before it does; one that is unknown keeps all from running."""
        self.celery_app.loader.import_default_modules()
        if all(task.task in self.celery_app.tasks for task in queryset):
            for task in queryset:
                record("task.run", actor=_staff(request), target=task, after={"task": task.task})
        super().run_tasks(request, queryset)


@admin.register(ClockedSchedule)
class ClockedAdmin(RecordsSchedules, theirs.ClockedScheduleAdmin):
    pass


@admin.register(CrontabSchedule)
class CrontabAdmin(RecordsSchedules, theirs.CrontabScheduleAdmin):
    pass


@admin.register(IntervalSchedule)
class IntervalAdmin(RecordsSchedules, theirs.IntervalScheduleAdmin):
    pass


@admin.register(SolarSchedule)
class SolarAdmin(RecordsSchedules, theirs.SolarScheduleAdmin):
    pass


def _staff(request: HttpRequest) -> Any:
    return request.user


def _facts(row: models.Model) -> dict[str, Any]:
    """As stored."""
    stored = type(row)._default_manager.get(pk=row.pk)
    names = [field.name for field in row._meta.concrete_fields if field.name not in ITS_OWN]
    return {name: _plain(getattr(stored, name)) for name in names}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else str(value)


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in UNSAID and value not in (None, "")}


def _record_change(row: models.Model, stood: dict[str, Any], by: Any) -> None:
    now = _facts(row)
    moved = [name for name in now if now[name] != stood[name]]
    if moved:
        before = {name: stood[name] for name in moved if name not in UNSAID}
        after = {name: "changed" if name in UNSAID else now[name] for name in moved}
        record("task.changed", actor=by, target=row, before=before, after=after)
