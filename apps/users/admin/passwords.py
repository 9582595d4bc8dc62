from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest, HttpResponse

from apps.core.audit import record
from apps.users.models import CustomUser

_Base = UserAdmin if TYPE_CHECKING else object


class RecordsPasswords(_Base):
    """A password that staff set for somebody stands in the audit log; of Django's form no signal tells."""

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        response: HttpResponse = super().user_change_password(request, id, form_url)
        user = CustomUser.objects.filter(pk=id).first() if request.method == "POST" else None
        if user is not None and response.status_code == 302:
            record("user.password_set_by_staff", actor=_staff(request), target=user)
        return response


def _staff(request: HttpRequest) -> Any:
    return request.user
