"""Mails about billing: what was promised, what has left, and sending again what waits."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.subscriptions.admin.holder_columns import HOLDER_SEARCH, holder
from apps.subscriptions.admin.readonly import ReadOnlyAdmin, pretty
from apps.subscriptions.models import Notice


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    note = _("Mails about billing. Each occasion is told once; what waits is sent within a minute or two.")
    list_display = ["kind", holder, "audience", "created_at", "due_at", "sent_at"]
    list_filter = [("sent_at", admin.EmptyFieldListFilter), "audience", "kind"]
    list_select_related = ["holder"]
    search_fields = [*HOLDER_SEARCH, "key", "kind"]
    ordering = ["-pk"]
    fieldsets = [
        (None, {"fields": ["kind", holder, "audience", "key"]}),
        (_("Times"), {"fields": ["created_at", "due_at", "sent_at"]}),
        (_("What it tells"), {"fields": ["told"]}),
    ]
    readonly_fields = [holder, "told"]

    @admin.display(description=_("data"))
    def told(self, row: Notice) -> str:
        return pretty(row.data)
