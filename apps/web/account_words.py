"""The words of somebody's own account log: for each action on an account a sentence. See account_log.py."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SENTENCES: dict[str, str | Promise] = {
    "user.signed_up": gettext_lazy("Account made"),
    "user.created_by_staff": gettext_lazy("Account made"),
    "user.signed_in": gettext_lazy("Signed in"),
    "user.sign_in_failed": gettext_lazy("A sign-in attempt failed"),
    "user.signed_out": gettext_lazy("Signed out"),
    "user.sessions_ended": gettext_lazy("Other sessions ended"),
    "user.profile_changed": gettext_lazy("Profile changed"),
    "user.billing_changed": gettext_lazy("Who gets the invoices changed"),
    "user.password_set": gettext_lazy("Password set"),
    "user.password_changed": gettext_lazy("Password changed"),
    "user.password_reset": gettext_lazy("Password reset by mail"),
    "user.password_set_by_staff": gettext_lazy("Password set"),
    "user.address_added": gettext_lazy("Email address added"),
    "user.address_confirmed": gettext_lazy("Email address confirmed"),
    "user.address_changed": gettext_lazy("Email address changed"),
    "user.address_removed": gettext_lazy("Email address removed"),
    "user.two_step_turned_on": gettext_lazy("Two-step sign-in turned on"),
    "user.two_step_turned_off": gettext_lazy("Two-step sign-in turned off"),
    "user.recovery_codes_made": gettext_lazy("Recovery codes made"),
    "user.recovery_codes_removed": gettext_lazy("Recovery codes removed"),
    "user.passkey_added": gettext_lazy("Passkey added"),
    "user.passkey_removed": gettext_lazy("Passkey removed"),
    "user.provider_connected": gettext_lazy("Account elsewhere connected"),
    "user.provider_disconnected": gettext_lazy("Account elsewhere disconnected"),
    "user.rights_changed": gettext_lazy("What the account may do changed"),
    "user.picture_changed": gettext_lazy("Picture changed"),
    "user.picture_removed": gettext_lazy("Picture removed"),
    "user.export_asked": gettext_lazy("Copy of the data asked for"),
    "user.export_downloaded": gettext_lazy("Copy of the data downloaded"),
    "user.impersonation_started": gettext_lazy("Support began to look at the account"),
    "user.impersonation_ended": gettext_lazy("Support no longer looks at the account"),
    "user.sessions_ended_by_staff": gettext_lazy("All sessions ended"),
    "user.address_confirmed_by_staff": gettext_lazy("Email address confirmed"),
    "user.password_reset_sent": gettext_lazy("Link to a new password sent"),
}

# How somebody showed who they are, in allauth's words.
METHODS: dict[str, str | Promise] = {
    "password": gettext_lazy("password"),
    "code": gettext_lazy("code by mail"),
    "totp": gettext_lazy("code of the app"),
    "recovery_codes": gettext_lazy("recovery code"),
    "webauthn": gettext_lazy("passkey"),
    "password_reset": gettext_lazy("link to a new password"),
    "google": "Google",
    "github": "GitHub",
    "microsoft": "Microsoft",
    "form": gettext_lazy("our form"),
}


def sentence(action: str) -> str:
    """An action without one shows its own name rather than nothing."""
    if action in SENTENCES:
        return str(SENTENCES[action])
    return action.rpartition(".")[2].replace("_", " ").capitalize()


def methods_text(methods: Iterable[str]) -> str:
    return _(", then ").join(str(METHODS.get(name, name)) for name in methods)
