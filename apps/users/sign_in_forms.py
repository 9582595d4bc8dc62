"""allauth's forms, in our words and with what helps keyboards and password managers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from allauth.account import forms as account
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.core.email_addresses import normal_email

if TYPE_CHECKING:
    _CodeForm = codes.BaseAuthenticateForm
else:
    _CodeForm = object

TRY_A_CODE = _("Too many tries. Let us mail you a code to sign in with, or wait a few minutes.")


class LoginForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What a password is filed under: with "email" managers offer addresses to write to.
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean_login(self) -> str:
        """Browsers send a domain with other letters in ASCII; it is stored as people read it."""
        return normal_email(super().clean_login())

    def clean(self) -> dict[str, Any]:
        """Whom somebody else's guesses keep from their password is told what is open: codes count apart."""
        try:
            return super().clean()
        except forms.ValidationError as error:
            if error.code != "too_many_login_attempts":
                raise
            raise forms.ValidationError(TRY_A_CODE, code=error.code) from error


class MailedCodeForm(account.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self.fields["code"], _("Code from the mail"), has_letters=True)


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


class _AnyCode(_CodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self.fields["code"], _("Code from your app, or a recovery code"))

    def clean_code(self) -> str:
        """A code is good once. allauth forgets after half a minute that it was used; with the half minutes
        before and after, it would be good again."""
        if cache.get(_used(self.user.pk, self.cleaned_data["code"])):
            self.cleaned_data["code"] = ""  # refused as any wrong one: told, counted, and no limit is lifted
        code = super().clean_code()
        halves = 1 + 2 * mfa_settings.TOTP_TOLERANCE
        if not cache.add(_used(self.user.pk, code), True, timeout=halves * mfa_settings.TOTP_PERIOD):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_AnyCode, codes.AuthenticateForm):
    """The second step."""


class ReauthenticateForm(_AnyCode, codes.ReauthenticateForm):
    """Before something that weighs much."""


class ActivateTOTPForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self.fields["code"], _("Code your app shows now"))


def _ask_for_code(field: forms.Field, label: Any, *, has_letters: bool = False) -> None:
    keyboard = {"autocapitalize": "characters"} if has_letters else {"inputmode": "numeric"}
    field.label = label
    field.widget.attrs = {"autocomplete": "one-time-code", "spellcheck": "false", **keyboard}


def _used(user_id: UUID, code: str) -> str:
    return "code-used:" + salted_hmac("used codes", f"{user_id} {normalize_user_code(code)}").hexdigest()
