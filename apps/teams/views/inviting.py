"""Asking people in, from the members page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.core.errors import Refused
from apps.core.limits import spend
from apps.teams import services
from apps.teams.decorators import permission_required
from apps.teams.forms.inviting import InviteForm
from apps.teams.page import refused, team_page
from apps.teams.roles import Permission, Role
from apps.teams.seats import seat_limit
from apps.teams.wishes import InviteOutcome, InviteResult
from apps.teams.wishes.sentences import sentence


@permission_required(Permission.MANAGE_MEMBERS)
@require_POST
def invite(request: HttpRequest, team_slug: str) -> HttpResponse:
    """One line per address says what came of it. Those that failed stay in the form, to be mended."""
    form = InviteForm(request.POST, roles=Role(request.membership.role).grantable)
    if not form.is_valid():
        return team_page(request, status=422, invite_form=form)
    spend(request, "invite", cost=len(form.cleaned_data["emails"]), team=request.team.pk)
    role = Role(form.cleaned_data["role"])
    results = services.invite(request.team, form.cleaned_data["emails"], role, by=request.user)
    sent = [result for result in results if result.outcome == InviteOutcome.SENT]
    if sent:
        messages.success(request, _sent_text(sent))
    failed = [result for result in results if result.outcome != InviteOutcome.SENT]
    if not failed:
        return redirect("team:members", request.team.slug)
    return team_page(request, status=422, invite_form=_form_to_mend(request, failed, role))


def _sent_text(sent: list[InviteResult]) -> str:
    if len(sent) == 1:
        return _("The invitation to %(email)s is on its way.") % {"email": sent[0].email}
    return ngettext(
        "%(count)d invitation is on its way.", "%(count)d invitations are on their way.", len(sent)
    ) % {"count": len(sent)}


def _form_to_mend(request: HttpRequest, failed: list[InviteResult], role: Role) -> InviteForm:
    data = {"emails": "\n".join(result.email for result in failed), "role": role.value}
    form = InviteForm(data, roles=Role(request.membership.role).grantable)
    form.is_valid()
    limit = seat_limit(request.team)
    for result in failed:
        form.add_error("emails", sentence(result, limit))
    return form


@permission_required(Permission.MANAGE_MEMBERS)
@require_POST
def invitation_revoke(request: HttpRequest, team_slug: str, invitation_id: UUID) -> HttpResponse:
    offer = get_object_or_404(request.team.invitations, pk=invitation_id)
    try:
        services.revoke_invitation(offer, by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": offer.email})
    return redirect("team:members", request.team.slug)


@permission_required(Permission.MANAGE_MEMBERS)
@require_POST
def invitation_resend(request: HttpRequest, team_slug: str, invitation_id: UUID) -> HttpResponse:
    offer = get_object_or_404(request.team.invitations, pk=invitation_id)
    spend(request, "invite", team=request.team.pk)
    try:
        services.resend_invitation(offer, by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    messages.success(request, _("The invitation to %(email)s is sent again.") % {"email": offer.email})
    return redirect("team:members", request.team.slug)
