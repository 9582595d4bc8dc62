from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.users import services
from apps.users.forms import ProfileForm
from apps.users.models import CustomUser
from apps.users.sessions import end_sessions, sessions_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    # The form writes into its instance while it validates; what the page says of the person must not move.
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        instance=CustomUser.objects.get(pk=request.user.pk),
    )
    if request.method == "POST" and form.is_valid():
        services.change_profile(request.user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("users:profile")
    return render(request, "users/profile.html", {"form": form}, status=422 if form.is_bound else 200)


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
