from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from apps.core.audit_admin import AuditEntryAdmin
from apps.core.errors import Refused
from apps.core.outbox.admin import OutgoingMailAdmin
from apps.core.schedule_admin import ScheduledTaskAdmin

__all__ = ["AuditEntryAdmin", "OutgoingMailAdmin", "RefusalsAsMessages", "ScheduledTaskAdmin"]


class RefusalsAsMessages:
    """Mixin for a ModelAdmin: a rule that refuses a change is told on the page, and nothing is changed."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _or_message(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _or_message(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _or_message(request, super().changelist_view, *args, **kwargs)


def _or_message(request: HttpRequest, view: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method != "POST":
        return view(request, *args, **kwargs)
    try:
        with transaction.atomic():
            return view(request, *args, **kwargs)
    except Refused as refusal:
        messages.error(request, refusal.text)
        return HttpResponseRedirect(request.get_full_path())
