"""Mails that wait, or left in the last month: who and when, never what. Some hold a way to sign in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.admin_site import Need, sources
from apps.core.models import OutgoingMail
from apps.core.outbox.attention import late_mails
from apps.core.outbox.sending import waiting
from apps.core.outbox.tasks import send_outgoing_mail
from apps.core.tasks import enqueue

STATES = {
    "waiting": Q(sent_at=None, given_up_at=None),
    "sent": Q(sent_at__isnull=False),
    "given-up": Q(given_up_at__isnull=False),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Waiting")), ("sent", _("Sent")), ("given-up", _("Given up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
        return queryset.filter(STATES.get(self.value() or "", Q()))


@admin.register(OutgoingMail)
class OutgoingMailAdmin(admin.ModelAdmin):
    list_display = ["kind", "to", "state", "created_at", "due_at", "attempts", "error"]
    list_filter = [StateFilter, "kind"]
    search_fields = ["to", "message_id"]
    search_help_text = _("Address or message id")
    fields = [
        "kind", "to", "message_id", "state", "created_at", "due_at", "expires_at", "sent_at", "given_up_at",
        "attempts", "error",
    ]  # fmt: skip
    readonly_fields = ["state"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["send_now"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_outgoingmail")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("state"))
    def state(self, row: OutgoingMail) -> Any:
        if row.sent_at:
            return _("Sent")
        return _("Given up") if row.given_up_at else _("Waiting")

    @admin.action(description=_("Send what waits now"), permissions=["send"])
    def send_now(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        """A mail that has left never leaves twice."""
        chosen = waiting().filter(pk__in=list(queryset.values_list("pk", flat=True)))
        ids = list(chosen.values_list("message_id", flat=True))
        chosen.update(due_at=timezone.now())
        for message_id in ids:
            enqueue(send_outgoing_mail, message_id)
        text = ngettext("%(count)d mail is tried now.", "%(count)d mails are tried now.", len(ids))
        self.message_user(request, text % {"count": len(ids)}, messages.SUCCESS if ids else messages.WARNING)


def mail_needs(request: HttpRequest) -> Iterator[Need]:
    if request.user.has_perm("core.view_outgoingmail") and (mails := late_mails()) and mails.oldest:
        words = ngettext(
            "%(count)s mail waits for the mail server, the oldest for %(age)s",
            "%(count)s mails wait for the mail server, the oldest for %(age)s",
            mails.count,
        )
        told = words % {"count": mails.label, "age": timesince(mails.oldest, depth=1)}
        yield Need(told, reverse("admin:core_outgoingmail_changelist") + "?state=waiting")


sources.append(mail_needs)
