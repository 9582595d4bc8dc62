"""The admin's door: Django's page and form, allauth behind it: limits and second step."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.email_addresses import normal_email
from apps.core.redirects import next_url

SECOND_STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class AdminSignInForm(AdminAuthenticationForm):
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("No account of the staff has this address and password. Check both."),
        "inactive": gettext_lazy("No account of the staff has this address and password. Check both."),
    }

    def clean(self) -> dict[str, Any]:
        """As Django's, but allauth looks the person up: it counts what failed, whichever door it was at, and
        however the address was spelled."""
        email = normal_email(self.cleaned_data.get("username", ""))
        password = self.cleaned_data.get("password")
        if email and password:
            self.user_cache = get_adapter().authenticate(self.request, email=email, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class AdminSignInView(LoginView):
    authentication_form = AdminSignInForm
    template_name = "admin/login.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        too_often = ratelimit.consume_or_429(request, action="login")
        return too_often or super().post(request, *args, **kwargs)

    def form_valid(self, form: AdminSignInForm) -> HttpResponse:
        """A new installation's first account has no confirmed address: whoever made it owns the server."""
        user = form.get_user()
        login = Login(
            user=user,
            email=user.email,
            email_verification=EmailVerificationMethod.NONE,
            redirect_url=self.get_success_url(),
        )
        return perform_password_login(self.request, {"email": user.email}, login)

    def get_redirect_url(self) -> str:
        return next_url(self.request, "")

    def get_success_url(self) -> str:
        return self.get_redirect_url() or reverse("admin:index")


def sign_in(site: AdminSite, request: HttpRequest, extra: dict[str, Any] | None) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": _("Sign in"),
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
        **(extra or {}),
    }
    return AdminSignInView.as_view(extra_context=context)(request)


def second_step_first(request: HttpRequest) -> HttpResponse | None:
    """With ADMIN_REQUIRES_TWO_STEP: to the page where it is set up, for staff who have not yet."""
    if not settings.ADMIN_REQUIRES_TWO_STEP or is_mfa_enabled(request.user, SECOND_STEPS):
        return None
    messages.info(request, _("The admin asks for a second step. Add a passkey or an app for codes first."))
    return redirect("mfa_index")
