from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.users import services
from apps.users.forms import ProfileForm
from apps.users.models import CustomUser


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
