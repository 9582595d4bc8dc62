"""allauth's forms that take an address: what one may be, and its spelling, are those of the whole product."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any

from allauth.account import forms as account
from allauth.socialaccount import forms as social
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse

from apps.core.email_addresses import normal_email, validate_address
from apps.users.selectors import verified_emails

if TYPE_CHECKING:
    _Form = account.AddEmailForm
else:
    _Form = object


class _Address(_Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].validators = [validate_address]

    def clean_email(self) -> str:
        """allauth mails to what this answers, so it has to be what it looked for."""
        self.cleaned_data["email"] = normal_email(self.cleaned_data["email"])
        return super().clean_email()


class _TimeZone(forms.CharField):
    """Nobody chose it, so nobody is told off: what is no time zone counts as none."""

    def clean(self, value: Any) -> str:
        return value if value in zoneinfo.available_timezones() else ""


class _Newcomer(_Address):
    """Dates are right from the first page: the browser knows the time zone, where there is script."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = _TimeZone(widget=forms.HiddenInput(attrs={"data-time-zone": True}))


class SignupForm(_Newcomer, account.SignupForm):
    """Address and password."""

    def try_save(self, request: HttpRequest) -> tuple[Any, HttpResponse | None]:
        """Where there is an account the password is hashed, too: else the time of the answer tells."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class SocialSignupForm(_Newcomer, social.SignupForm):
    """Of whoever comes from a provider that told no address we could use."""


class AddEmailForm(_Address, account.AddEmailForm):
    """Another address, which becomes the one as soon as it is confirmed."""


class ResetPasswordForm(_Address, account.ResetPasswordForm):
    """Where to mail the link to: the address of an account, or another that was proven to belong to it."""

    def clean_email(self) -> str:
        email = super().clean_email()
        self.users = [user for user in self.users if user.email == email or email in verified_emails(user)]
        return email


class RequestCodeForm(_Address, account.RequestLoginCodeForm):
    """Where to mail the code to: only a proven address lets in.

    Whoever registers somebody else's address, and waits, would share the account that the code confirms.
    """

    def clean_email(self) -> str:
        email = super().clean_email()
        if self._user is not None and email not in verified_emails(self._user):
            self._user = None
        return email
