"""The page an invitation's link opens. Looking at it changes nothing: mail scanners look, too."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.email_addresses import normal_email
from apps.core.errors import Refused
from apps.teams import services
from apps.teams.models import Invitation, InvitationStatus
from apps.users.selectors import verified_emails


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    offer = get_object_or_404(Invitation.all_teams.select_related("team", "invited_by"), token=token)
    if request.method != "POST":
        return _show(request, offer)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    answer = ANSWERS.get(request.POST.get("action", "accept"))
    if answer is None:
        messages.error(request, _("Choose whether you join or decline."))
        return _show(request, offer, status=422)
    try:
        return answer(request, offer)
    except Refused as refusal:
        messages.error(request, refusal.text)
        return _show(request, offer, status=409)


def _accept(request: HttpRequest, offer: Invitation) -> HttpResponse:
    services.accept_invitation(offer, user=request.user)
    messages.success(request, _("You are in %(team)s now.") % {"team": offer.team.name})
    return redirect("web:dashboard", offer.team.slug)


def _decline(request: HttpRequest, offer: Invitation) -> HttpResponse:
    services.decline_invitation(offer, user=request.user)
    messages.info(request, _("You declined the invitation to %(team)s.") % {"team": offer.team.name})
    return redirect("teams:list")


ANSWERS = {"accept": _accept, "decline": _decline}


def _show(request: HttpRequest, offer: Invitation, status: int = 200) -> HttpResponse:
    way_back = {"next": reverse("teams:invitation", args=[offer.token])}
    context = {
        "invitation": offer,
        "state": _state(request, offer),
        "login_url": f"{reverse('account_login')}?{urlencode(way_back)}",
        "signup_url": f"{reverse('account_signup')}?{urlencode({**way_back, 'email': offer.email})}",
    }
    return render(request, "teams/invitation.html", context, status=status)


def _state(request: HttpRequest, offer: Invitation) -> str:
    """What the person can do with it, in one word the template knows."""
    if request.method == "POST":  # an answer was refused: what is true now?
        offer.refresh_from_db()
    if offer.status != InvitationStatus.PENDING:
        return str(offer.status)
    if not request.user.is_authenticated:
        return "login"
    if offer.email in verified_emails(request.user):
        return "open"
    mine = request.user.emailaddress_set.filter(email__iexact=offer.email).exists()
    return "unverified" if mine or normal_email(request.user.email) == offer.email else "wrong_account"
