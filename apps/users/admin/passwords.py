from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from apps.core.audit import record
from apps.users.models import CustomUser

_Base = UserAdmin if TYPE_CHECKING else object


class RecordsPasswords(_Base):
    """A password that superusers set for somebody stands in the audit log; of Django's form no signal tells.

    Whoever sets somebody's password can sign in as them, past every rule for that: nobody else may.
    """

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        response: HttpResponse = super().user_change_password(request, id, form_url)
        user = CustomUser.objects.filter(pk=id).first() if request.method == "POST" else None
        if user is not None and response.status_code == 302:
            record("user.password_set_by_staff", actor=request.user, target=user)
        return response
