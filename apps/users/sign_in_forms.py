"""allauth's forms, in our words and with what helps keyboards and password managers."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.core.names import can_be_seen, composed, hides_something

NAME_LENGTH = 100  # what allauth stores a key's name in


class LoginForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What a password is filed under: with "email" managers offer addresses to write to.
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignupForm(account.SignupForm):
    def try_save(self, request: HttpRequest) -> tuple[Any, HttpResponse | None]:
        """Where there is an account the password is hashed, too: else the time of the answer tells."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class _NewPassword:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password again")


class ChangePasswordForm(_NewPassword, account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")


class SetPasswordForm(_NewPassword, account.SetPasswordForm):
    """For whoever signed up with an account elsewhere."""


class ResetPasswordKeyForm(_NewPassword, account.ResetPasswordKeyForm):
    """Behind the link of the mail."""


class _AnyCode:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self.fields["code"], _("Code from your app, or a recovery code"))


class AuthenticateForm(_AnyCode, codes.AuthenticateForm):
    """The second step."""


class ReauthenticateForm(_AnyCode, codes.ReauthenticateForm):
    """Before something that weighs much."""


class ActivateTOTPForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self.fields["code"], _("Code your app shows now"))


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field(_("So that you can tell it from others: the device it is on."))
        self.fields["passwordless"].label = _("Sign in with it alone")
        self.fields["passwordless"].help_text = _("Without a tick it is asked for after your password.")
        self.fields["passwordless"].initial = True
        self.order_fields(["name", "passwordless", "credential"])

    def clean_name(self) -> str:
        return _readable(self.cleaned_data["name"])


class EditPasskeyForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field()

    def clean_name(self) -> str:
        return _readable(self.cleaned_data["name"])


def _ask_for_code(field: forms.Field, label: Any) -> None:
    field.label = label
    field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


def _name_field(help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=_("Name"), max_length=NAME_LENGTH, help_text=help_text, widget=widget)


def _readable(name: str) -> str:
    name = composed(name)
    if hides_something(name) or not can_be_seen(name):
        raise forms.ValidationError(_("The name contains characters that cannot be seen. Type it again."))
    return name
