"""Support's buttons on a person's page: each asks for a reason and does one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from apps.core.errors import Refused
from apps.users import support
from apps.users.impersonation_views import ReasonForm, person_page
from apps.users.models import CustomUser
from apps.users.permissions import may_touch

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Deed:
    name: str
    permission: str  # of users
    label: Text  # the button
    consequence: Text  # above the confirmation
    done: Text
    offered: Callable[[CustomUser], object]
    not_offered: Text
    run: Callable[..., object]  # of request, person, by, reason


DEEDS = [
    Deed(
        name="two-step-off",
        permission="turn_off_two_step",
        label=_("Turn off two-step sign-in"),
        consequence=_(
            "Codes, recovery codes and passkeys are taken off the account: the password alone signs in. "
            "The person gets a mail. Make sure first that it is they who ask."
        ),
        done=_("Two-step sign-in is off, and the person was told."),
        offered=support.has_second_step,
        not_offered=_("There is no second step to turn off."),
        run=support.turn_off_two_step,
    ),
    Deed(
        name="end-sessions",
        permission="end_sessions",
        label=_("End all sessions"),
        consequence=_("Whoever is signed in to this account, on whatever device, has to sign in again."),
        done=_("All sessions are ended."),
        offered=support.is_signed_in_somewhere,
        not_offered=_("Nobody is signed in to this account."),
        run=support.end_all_sessions,
    ),
    Deed(
        name="confirm-address",
        permission="confirm_address",
        label=_("Confirm the address"),
        consequence=_(
            "The address that waits counts as confirmed, and becomes the account's. "
            "Invitations to it are theirs then: make sure that they read its mail."
        ),
        done=_("The address is confirmed."),
        offered=support.unconfirmed_address,
        not_offered=_("No address waits for being confirmed."),
        run=support.confirm_address,
    ),
    Deed(
        name="reset-password",
        permission="send_password_reset",
        label=_("Send a password reset link"),
        consequence=_("The link goes to the address of the account. The password it has works until then."),
        done=_("The link is on its way."),
        offered=lambda person: person.is_active,
        not_offered=_("The account is switched off: nobody can sign in to it."),
        run=support.send_password_reset,
    ),
]
BY_NAME = {deed.name: deed for deed in DEEDS}


def may(staff: CustomUser, deed: Deed, person: CustomUser) -> bool:
    """At nobody's own account: that would be past their own second step."""
    return may_touch(staff, person) and staff != person and staff.has_perm(f"users.{deed.permission}")


def offered(staff: CustomUser, person: CustomUser) -> list[Deed]:
    return [deed for deed in DEEDS if may(staff, deed, person) and deed.offered(person)]


@require_http_methods(["GET", "HEAD", "POST"])
def support_deed(request: HttpRequest, id: UUID, deed: str) -> HttpResponse:
    """GET asks, POST does."""
    chosen = BY_NAME.get(deed)
    if chosen is None:
        raise Http404
    person = get_object_or_404(CustomUser, pk=id)
    if not may(request.user, chosen, person):
        raise PermissionDenied
    if not chosen.offered(person):
        messages.error(request, str(chosen.not_offered))
        return redirect(person_page(person))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _do(request, chosen, person, form.cleaned_data["reason"])
    return _ask(request, chosen, person, form)


def _do(request: HttpRequest, deed: Deed, person: CustomUser, reason: str) -> HttpResponse:
    try:
        deed.run(request, person, by=request.user, reason=reason)
    except Refused as refusal:
        if refusal.text:
            messages.error(request, refusal.text)
    else:
        messages.success(request, str(deed.done))
    return redirect(person_page(person))


def _ask(request: HttpRequest, deed: Deed, person: CustomUser, form: ReasonForm) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": deed.label,
        "person": person,
        "words": [deed.consequence],
        "label": deed.label,
        "form": form,
        "back": person_page(person),
    }
    status = 422 if form.is_bound else 200
    return render(request, "admin/users/ask_reason.html", context, status=status)
