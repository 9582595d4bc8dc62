from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language_from_request, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.images import BadImage
from apps.core.kept_pictures import PictureNotKept
from apps.core.limits import spend
from apps.users import avatars, services
from apps.users.forms import AvatarForm, ProfileForm
from apps.users.models import CustomUser
from apps.users.sessions import end_sessions, sessions_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The page by GET, its first form by POST."""
    if request.method != "POST":
        return _profile_page(request)
    form = _profile_form(request, request.POST)
    if not form.is_valid():
        return _profile_page(request, status=422, form=form)
    services.change_profile(request.user, **form.cleaned_data)
    with override(request.user.language or get_language_from_request(request)):  # the next page's
        messages.success(request, _("Your profile is saved."))
    return redirect("users:profile")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def avatar(request: HttpRequest) -> HttpResponse:
    """Takes the picture by POST, or takes it away; somebody who opens its address is led to the profile."""
    if request.method != "POST":
        return redirect("users:profile")
    if request.POST.get("remove"):
        avatars.remove_avatar(request.user)
        messages.success(request, _("Your picture is removed."))
        return redirect("users:profile")
    spend(request, "upload")
    form = AvatarForm(request.POST, request.FILES)
    if not (form.is_valid() and _avatar_set(request, form)):
        return _profile_page(request, status=422, avatar_form=form)
    messages.success(request, _("You have a new picture."))
    return redirect("users:profile")


def _avatar_set(request: HttpRequest, form: AvatarForm) -> bool:
    try:
        avatars.set_avatar(request.user, form.cleaned_data["picture"])
    except (BadImage, PictureNotKept) as refusal:
        form.add_error("picture", refusal.text)
        return False
    return True


def _profile_form(request: HttpRequest, data: QueryDict | None = None) -> ProfileForm:
    # The form writes into its instance while it validates; what the page says of the person must not move.
    return ProfileForm(data, instance=CustomUser.objects.get(pk=request.user.pk))


def _profile_page(request: HttpRequest, status: int = 200, **forms: Form) -> HttpResponse:
    """`forms` replaces fresh forms by those with errors."""
    context = {"form": forms.get("form") or _profile_form(request), "avatar_form": AvatarForm(), **forms}
    return render(request, "users/profile.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """POST ends one (`session`: its number), or all but this one."""
    here = request.session.session_key
    others = [one for one in sessions_of(request.user) if one.session_key != here]
    if request.method == "POST":
        wanted = request.POST.get("session", "")
        ended = end_sessions(request.user, [one.session_key for one in others if wanted in ("", str(one.pk))])
        _tell_ended(request, ended)
        return redirect("users:sessions")
    return render(request, "users/sessions.html", {"others": others})


def _tell_ended(request: HttpRequest, ended: int) -> None:
    if ended:
        text = ngettext("%(count)d session is ended.", "%(count)d sessions are ended.", ended)
        messages.success(request, text % {"count": ended})
    else:
        messages.info(request, _("That session was over already."))
