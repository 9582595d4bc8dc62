"""Mails about billing: what was promised, what has left, and sending now what waits."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.tasks import enqueue
from apps.subscriptions.admin.holder_columns import HOLDER_SEARCH, HolderColumn
from apps.subscriptions.admin.readonly import ReadOnlyAdmin, pretty
from apps.subscriptions.mails.tasks import send_notice
from apps.subscriptions.models import Notice


class SentFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Waiting")), ("done", _("Sent, or no longer true"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        if self.value() not in ("waiting", "done"):
            return queryset
        return queryset.filter(sent_at__isnull=self.value() == "waiting")


@admin.register(Notice)
class NoticeAdmin(HolderColumn, ReadOnlyAdmin):
    note = _(
        "Mails about billing, newest first. Each occasion is told once. What waits is tried again by itself;"
        " a mail that is no longer true when its turn comes is not sent."
    )
    list_display = ["about", "of_holder", "audience", "created_at", "due_at", "sent_at"]
    list_filter = [SentFilter, "audience", "kind"]
    list_select_related = ["holder"]
    search_fields = [*HOLDER_SEARCH, "key", "kind"]
    ordering = ["-pk"]
    actions = ["send_now"]
    fieldsets = [
        (None, {"fields": ["about", "of_holder", "audience", "key"]}),
        (_("Times"), {"fields": ["created_at", "due_at", "sent_at"]}),
        (_("What it tells"), {"fields": ["told"]}),
    ]
    readonly_fields = ["about", "of_holder", "told"]

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.change_notice")

    def actions_for(self, row: Notice) -> list[str]:
        return [] if row.sent_at else ["send_now"]

    @admin.display(description=_("about"), ordering="kind")
    def about(self, row: Notice) -> Any:
        return Notice.Kind(row.kind).label if row.kind in Notice.Kind.values else row.kind

    @admin.display(description=_("data"))
    def told(self, row: Notice) -> str:
        return pretty(row.data)

    @admin.action(description=_("Send what waits now"), permissions=["send"])
    def send_now(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        """A mail that has left never leaves twice."""
        waiting = queryset.filter(sent_at__isnull=True)
        keys = list(waiting.values_list("key", flat=True))
        waiting.update(due_at=timezone.now())
        for key in keys:
            enqueue(send_notice, key)
        _tell(request, len(keys), queryset.filter(key__in=keys, sent_at__isnull=True).count())


def _tell(request: HttpRequest, handed: int, left: int) -> None:
    if not handed:
        messages.warning(request, _("Nothing waits here: a mail that has left is not sent twice."))
        return
    text = ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", handed)
    messages.success(request, text % {"count": handed})
    if left:
        messages.info(request, _("Not sent yet: %(count)d. The list says when.") % {"count": left})
