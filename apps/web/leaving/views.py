"""Deleting one's own account: what it means is shown, the address is typed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.errors import Refused
from apps.subscriptions.holders import holder_model
from apps.teams.services.leaving import Place, open_invitations_of, places_of
from apps.users.models import CustomUser
from apps.users.reauthentication import fresh_sign_in_required
from apps.web.leaving.deletion import delete_account
from apps.web.leaving.forms import DeleteAccountForm


@login_required
@fresh_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    places = places_of(request.user)
    data = request.POST if request.method == "POST" else None
    form = DeleteAccountForm(data, user=request.user, places=places)
    if not form.is_valid():
        context = {"form": form, **consequences(request.user, places)}
        return render(request, "users/delete.html", context, status=422 if form.is_bound else 200)
    try:
        delete_account(request.user, by=request.user, heirs=form.heirs)
    except Refused as refusal:
        messages.error(request, refusal.text)
        return redirect("web:delete_account")
    logout(request)
    messages.success(request, _("Your account is deleted. A mail to your address says so, too."))
    return redirect("web:landing")


def consequences(user: CustomUser, places: list[Place]) -> dict[str, object]:
    """What the page says goes, and stays."""
    own = holder_model() is CustomUser and user.subscriptions.filter(is_current=True).first()
    return {
        "person": user,
        "places": places,
        "pays": bool(own and not own.is_over),
        "sent": open_invitations_of(user).count() if places else 0,
    }
