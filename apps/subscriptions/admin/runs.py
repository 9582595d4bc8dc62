"""Comparisons of everything at Stripe with everything here: which ran when, what they found, starting one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.core.tasks import enqueue
from apps.subscriptions.admin.readonly import ReadOnlyAdmin, preformatted
from apps.subscriptions.models import ReconcileRun
from apps.subscriptions.tasks import reconcile


def may_compare(request: HttpRequest) -> bool:
    return request.user.has_perm("subscriptions.add_reconcilerun")


@admin.register(ReconcileRun)
class ReconcileRunAdmin(ReadOnlyAdmin):
    note = _("Everything at Stripe compared with everything here: each night, and whenever you ask for it.")
    change_list_template = "admin/subscriptions/runs.html"
    list_display = ["started_at", "state", "took", "holders", "calls", "found", "mended"]
    list_filter = [("error", admin.EmptyFieldListFilter), "started_at"]
    ordering = ["-pk"]
    fieldsets = [
        (None, {"fields": ["state", "started_at", "alive_at", "finished_at", "took"]}),
        (_("What it saw"), {"fields": ["holders", "not_ours", "calls", "found", "mended"]}),
        (_("Why it did not come to its end"), {"fields": ["failure"]}),
    ]
    readonly_fields = ["state", "took", "failure"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.compare_now))
        return [path("compare/", view, name="subscriptions_compare"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"may_compare": may_compare(request), **(extra_context or {})}
        )

    def compare_now(self, request: HttpRequest) -> HttpResponse:
        if not may_compare(request):
            raise PermissionDenied
        try:
            enqueue(reconcile)
            messages.success(
                request, _("Everything is compared now. The list of runs shows when it is done.")
            )
        except Exception as error:  # noqa: BLE001 - without a broker it ran just now; it stands in the log
            messages.error(request, _("It did not come to its end: %(error)s") % {"error": error})
        return redirect("admin:subscriptions_reconcilerun_changelist")

    @admin.display(description=_("state"))
    def state(self, row: ReconcileRun) -> Any:
        if row.error:
            return _("Failed: %(error)s") % {"error": row.error.strip().splitlines()[-1][:100]}
        return _("Done") if row.finished_at else _("Under way")

    @admin.display(description=_("took"))
    def took(self, row: ReconcileRun) -> str:
        if row.finished_at is None:
            return "-"
        seconds = int((row.finished_at - row.started_at).total_seconds())
        return f"{seconds} s" if seconds < 120 else timesince(row.started_at, row.finished_at)

    @admin.display(description=_("error"))
    def failure(self, row: ReconcileRun) -> str:
        return preformatted(row.error) if row.error else "-"
