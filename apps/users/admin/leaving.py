"""In the admin, for who asks by letter: a copy of somebody's data, and the way to their account's end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.options import Options
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.users.exporting.asking import start_export
from apps.users.exporting.views import hand_out
from apps.users.models import CustomUser, DataExport
from apps.users.permissions import may_touch


class LeavingActions:
    """Mixin for the admin of people."""

    actions = ("copy_data",)
    has_delete_permission: Callable[..., bool]
    get_object: Callable[..., CustomUser | None]
    opts: Options[CustomUser]
    _get_obj_does_not_exist_redirect: Callable[..., HttpResponse]

    def has_copy_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("users.add_dataexport")

    @admin.action(description=gettext_lazy("Make a copy of their data, and mail them"), permissions=["copy"])
    def copy_data(self, request: HttpRequest, queryset: QuerySet[CustomUser]) -> None:
        people = [person for person in queryset if may_touch(request.user, person)]
        for person in people:
            start_export(person, by=request.user)
        text = ngettext(
            "%(count)d copy is being made. The person gets a mail when it is ready.",
            "%(count)d copies are being made. Each person gets a mail when theirs is ready.",
            len(people),
        )
        messages.success(request, text % {"count": len(people)})

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On a page of its own: what is paid for ends first, and teams may need somebody."""
        if not self.has_delete_permission(request):  # the page asks once more, about this person
            raise PermissionDenied
        person = self.get_object(request, unquote(object_id))
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect("admin:users_leaving", person.pk)


@admin.register(DataExport)
class DataExportAdmin(admin.ModelAdmin):
    """To look at, and to hand one out on paper or a disk to somebody who cannot sign in."""

    list_display = ["user", "state", "created_at", "ready_at", "expires_at", "asked_by", "error"]
    list_filter = ["state"]
    list_select_related = ["user", "asked_by"]
    search_fields = ["user__email", "user__name"]
    fields = ["user", "asked_by", "state", "progress", "attempts", "size", "created_at", "ready_at"]
    actions = ("download",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: DataExport | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DataExport | None = None) -> bool:
        return False

    def has_download_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("users.add_dataexport")

    @admin.action(description=gettext_lazy("Download the copy"), permissions=["download"])
    def download(self, request: HttpRequest, queryset: QuerySet[DataExport]) -> HttpResponseBase | None:
        one = queryset.first()
        if one is not None and not may_touch(request.user, one.user):
            raise PermissionDenied
        if len(queryset) != 1 or one is None or not one.can_be_fetched:
            messages.error(request, _("Choose one that is ready, and not over."))
            return None
        try:
            return hand_out(one, by=request.user)
        except OSError:
            messages.error(request, _("The file cannot be read right now. Try again in a minute."))
            return None
