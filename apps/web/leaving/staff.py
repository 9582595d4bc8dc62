"""The end of an account for somebody who asked by letter: staff see what the person would, and confirm."""

from __future__ import annotations

import logging
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.errors import Refused
from apps.teams.services.leaving import places_of
from apps.users.models import CustomUser
from apps.users.permissions import may_touch
from apps.web.leaving.deletion import delete_account
from apps.web.leaving.forms import StaffDeleteForm
from apps.web.leaving.views import consequences

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(CustomUser, pk=user_id)
    if not (request.user.has_perm("users.delete_customuser") and may_touch(request.user, person)):
        raise PermissionDenied
    places = places_of(person)
    form = StaffDeleteForm(request.POST if request.method == "POST" else None, user=person, places=places)
    if not form.is_valid():
        return _ask(request, person, form, consequences(person, places))
    try:
        delete_account(person, by=request.user, heirs=form.heirs, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        logger.error("Account %s was not deleted: %s", person.pk, refusal)
        messages.error(request, refusal.text)
        return redirect("admin:users_leaving", user_id)
    messages.success(request, _("The account is deleted. A mail to its address says so."))
    return redirect("admin:users_customuser_changelist")


def _ask(
    request: HttpRequest, person: CustomUser, form: StaffDeleteForm, meaning: dict[str, object]
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        **meaning,
        "title": _("Delete the account of %(person)s") % {"person": person},
        "form": form,
        "back": reverse("admin:users_customuser_change", args=[person.pk]),
    }
    return render(request, "admin/users/leaving.html", context, status=422 if form.is_bound else 200)
