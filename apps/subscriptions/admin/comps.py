"""Plans given away: who gave which, why and until when. Given and ended by an action on the holder's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.subscriptions.admin.holder_columns import HOLDER_SEARCH, HolderColumn
from apps.subscriptions.admin.readonly import ReadOnlyAdmin
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Comp


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("over", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comp]) -> QuerySet[Comp]:
        over = Q(ended_at__isnull=False) | Q(expires_at__lte=timezone.now())
        known = {"open": ~over, "over": over}
        condition = known.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


@admin.register(Comp)
class CompAdmin(HolderColumn, ReadOnlyAdmin):
    note = _("Plans given away. To give one, or to end one, open the page of the holder.")
    list_display = ["of_holder", "plan", "reason", "given_by", "created_at", "expires_at", "state"]
    list_display_links = ["plan"]
    list_filter = [OpenFilter, "plan_slug"]
    list_select_related = ["holder"]
    search_fields = [*HOLDER_SEARCH, "reason", "by_label"]
    fieldsets = [
        (None, {"fields": ["of_holder", "plan", "reason", "given_by", "created_at"]}),
        (_("End"), {"fields": ["state", "expires_at", "ended_at"]}),
    ]
    readonly_fields = ["of_holder", "plan", "given_by", "state"]

    @admin.display(description=_("plan"), ordering="plan_slug")
    def plan(self, row: Comp) -> Any:
        plan = find_plan(row.plan_slug)
        return plan.name if plan else _("%(slug)s, no longer in ACTIVE_PRODUCTS") % {"slug": row.plan_slug}

    @admin.display(description=_("given by"), ordering="by_label")
    def given_by(self, row: Comp) -> str:
        return row.by_label or "-"

    @admin.display(description=_("state"))
    def state(self, row: Comp) -> Any:
        if row.is_open():
            return _("Open")
        return _("Ended by staff") if row.ended_at else _("Expired")
