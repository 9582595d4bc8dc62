"""Handing a team over: choose who takes it, see what that means, do it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.errors import Refused
from apps.teams import services
from apps.teams.decorators import permission_required
from apps.teams.directory import Wanted, find_members, page_of
from apps.teams.errors import NotAllowed
from apps.teams.forms.members import TransferForm
from apps.teams.roles import Permission
from apps.teams.selectors import members_of


@permission_required(Permission.TRANSFER)
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, team_slug: str) -> HttpResponse:
    form = TransferForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _choose(request, form)
    heir = get_object_or_404(members_of(request.team), pk=form.cleaned_data["to"])
    try:
        services.transfer_ownership(request.team, heir, by=request.user)
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, refusal.text)
        return redirect("team:transfer", request.team.slug)
    words = {"person": heir.user, "team": request.team.name}
    messages.success(request, _("%(person)s owns %(team)s now. You are an admin.") % words)
    return redirect("team:members", request.team.slug)


def _choose(request: HttpRequest, form: TransferForm) -> HttpResponse:
    wanted = Wanted.from_query(request.GET)
    others = find_members(request.team, wanted).filter(user__is_active=True)
    context = {
        "team": request.team,
        "form": form,
        "wanted": wanted,
        "people": page_of(others.exclude(pk=request.membership.pk), wanted),
        "gets_invoices": request.team.billing_contact_id == request.user.pk
        and not request.team.billing_email,
    }
    return render(request, "teams/transfer.html", context, status=422 if form.is_bound else 200)
