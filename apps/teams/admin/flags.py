"""Flags for staff: which teams have a feature already. Each change stands in the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.audit import record
from apps.teams.flags import Flag

SWITCHES = ["everyone", "superusers", "staff", "authenticated"]


@admin.register(Flag)
class FlagAdmin(admin.ModelAdmin):
    list_display = ["name", "note", "everyone", "team_count", "percent", "staff", "superusers", "modified"]
    list_filter = ["everyone", "staff", "superusers"]
    search_fields = ["name", "note"]
    search_help_text = _("Name or note")
    ordering = ["name"]
    autocomplete_fields = ["teams", "users"]
    readonly_fields = ["created", "modified"]
    fieldsets = [
        (None, {"fields": ["name", "note", "created", "modified"]}),
        (_("For teams"), {"fields": ["everyone", "teams", "percent"]}),
        (_("For people"), {"fields": ["users", "staff", "superusers", "authenticated"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flag]:
        return super().get_queryset(request).annotate(teams_counted=Count("teams"))

    @admin.display(description=_("teams"), ordering="teams_counted")
    def team_count(self, flag: Flag) -> int:
        return int(flag.teams_counted)  # type: ignore[attr-defined]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        if "percent" in form.base_fields:
            form.base_fields["percent"].help_text = _(
                "A share of all teams, always the same ones, from 0.0 to 99.9."
            )
        return form

    def save_model(self, request: HttpRequest, obj: Flag, form: Any, change: bool) -> None:
        obj.stood = _facts(Flag.objects.get(pk=obj.pk)) if change else None  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        flag, now = form.instance, _facts(form.instance)
        if flag.stood != now:
            record("flag.changed", actor=request.user, target=flag, before=flag.stood, after=now)

    def delete_model(self, request: HttpRequest, obj: Flag) -> None:
        record("flag.deleted", actor=request.user, target=obj, before=_facts(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> None:
        """One by one: each is forgotten by the cache."""
        for flag in queryset:
            self.delete_model(request, flag)


def _facts(flag: Flag) -> dict[str, Any]:
    return {
        **{name: getattr(flag, name) for name in SWITCHES},
        "percent": None if flag.percent is None else float(flag.percent),
        "teams": sorted(flag.teams.values_list("slug", flat=True)),
        "users": flag.users.count(),
    }
