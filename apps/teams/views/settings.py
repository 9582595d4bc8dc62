"""Name, address and logo of a team: three small forms on a page, each saved alone."""

from __future__ import annotations

from functools import wraps

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.errors import Refused
from apps.core.images import BadImage
from apps.core.kept_pictures import PictureNotKept
from apps.core.limits import spend
from apps.teams import services
from apps.teams.decorators import View, permission_required, team_member_required
from apps.teams.errors import MovedTooOften, NoLongerThere, SlugTaken
from apps.teams.forms.team import AddressForm, LogoForm, TeamForm
from apps.teams.roles import Permission, explained_roles


def settings_form(view: View) -> View:
    """Takes a form by POST; somebody who opens its address is led to the page of all three."""

    @wraps(view)
    @permission_required(Permission.MANAGE_SETTINGS)
    @require_http_methods(["GET", "HEAD", "POST"])
    def wrapper(request: HttpRequest, team_slug: str) -> HttpResponse:
        if request.method != "POST":
            return _back(request.team.slug)
        try:
            return view(request)
        except NoLongerThere as refusal:
            return _gone(request, refusal)

    wrapper.checks_team = True
    return wrapper


def _gone(request: HttpRequest, refusal: NoLongerThere) -> HttpResponse:
    """Somebody deleted the team meanwhile."""
    messages.error(request, refusal.text)
    return redirect("teams:list")


def _page(request: HttpRequest, status: int = 200, **forms: Form) -> HttpResponse:
    """`forms` replaces fresh forms by those with errors."""
    team = request.team
    context = {
        "team": team,
        "rename_form": TeamForm(initial={"name": team.name}),
        "address_form": AddressForm(initial={"slug": team.slug}, team=team),
        "logo_form": LogoForm(),
    }
    return render(request, "teams/settings.html", {**context, **forms}, status=status)


def _back(slug: str) -> HttpResponse:
    return redirect("team:settings", slug)


@permission_required(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, team_slug: str) -> HttpResponse:
    """The page by GET, its first form by POST."""
    if request.method != "POST":
        return _page(request)
    try:
        return _rename(request)
    except NoLongerThere as refusal:
        return _gone(request, refusal)


def _rename(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, rename_form=form)
    team = services.rename_team(request.team, form.cleaned_data["name"], by=request.user)
    messages.success(request, _("The team is called %(name)s now.") % {"name": team.name})
    return _back(team.slug)


@settings_form
def address(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST, team=request.team)
    if not form.is_valid():
        return _page(request, status=422, address_form=form)
    try:
        team = services.change_slug(request.team, form.cleaned_data["slug"], by=request.user)
    except (SlugTaken, MovedTooOften) as refusal:
        form.add_error("slug", refusal.text)
        return _page(request, status=422, address_form=form)
    messages.success(request, _("The team's address is /a/%(slug)s/ now.") % {"slug": team.slug})
    return _back(team.slug)


@settings_form
def logo(request: HttpRequest) -> HttpResponse:
    if request.POST.get("remove"):
        services.remove_logo(request.team, by=request.user)
        messages.success(request, _("The logo is removed."))
        return _back(request.team.slug)
    spend(request, "upload")
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, status=422, logo_form=form)
    try:
        services.set_logo(request.team, form.cleaned_data["logo"], by=request.user)
    except (BadImage, PictureNotKept) as refusal:
        return _logo_refused(request, form, refusal)
    messages.success(request, _("The team has a new logo."))
    return _back(request.team.slug)


def _logo_refused(request: HttpRequest, form: LogoForm, refusal: Refused) -> HttpResponse:
    form.add_error("logo", refusal.text)
    return _page(request, status=422, logo_form=form)


@team_member_required
@require_safe
def roles(request: HttpRequest, team_slug: str) -> HttpResponse:
    """What each role may do: for everybody in the team, so that they know whom to ask."""
    context = {"team": request.team, "roles": explained_roles(), "mine": request.membership.role}
    return render(request, "teams/roles.html", context)
