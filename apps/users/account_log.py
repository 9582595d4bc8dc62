"""What happens to an account, into the audit log: allauth and Django tell of it by signals.

Passwords, codes and keys are never in what they tell us; addresses are facts of an entry (and go when
somebody is forgotten: apps/core/forgetting.py). RECORDED and LEFT_OUT name each signal there is: a test
compares them with what is installed.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.http import HttpRequest

from apps.core.audit import record
from apps.users.failed_sign_ins import note_failure, note_failure_of
from apps.users.models import CustomUser

# Where support does it, and writes a line with its reason (support.py).
BY_SUPPORT = "admin:users_customuser_support"

LEFT_OUT = {
    "account.user_logged_in": "Django's signal of the same name tells it",
    "account.email_confirmation_sent": "a mail changes nothing; that it was confirmed is recorded",
    "account.authentication_step_completed": "half a sign-in; the whole one names its methods",
    "account._add_email": "allauth's own, asks whether an address may be added",
    "account.email_verification_code_rejected": "a code typed wrong opens nothing but its own address",
    "mfa.authenticator_used": "named by the sign-in it was used for",
    "socialaccount.pre_social_login": "before anybody is signed in",
    "socialaccount.social_account_updated": "what the provider tells anew at each sign-in",
    "usersessions.session_client_changed": "a browser that was updated",
}
RECORDED = {
    "auth.user_logged_in",
    "auth.user_logged_out",
    "auth.user_login_failed",
    "account.user_logged_out",  # Django's, by another name
    "account.user_signed_up",
    "account.password_set",
    "account.password_changed",
    "account.password_reset",
    "account.email_confirmed",
    "account.email_changed",
    "account.email_added",
    "account.email_removed",
    "account.login_code_rejected",
    "account.password_reset_code_rejected",
    "mfa.authenticator_added",
    "mfa.authenticator_removed",
    "mfa.authenticator_reset",
    "mfa.authentication_failed",
    "socialaccount.social_account_added",
    "socialaccount.social_account_removed",
}


# In and out -------------------------------------------------------------------------------------------
@receiver(auth.user_logged_in)
def note_sign_in(user: CustomUser, request: HttpRequest | None, **kwargs: Any) -> None:
    """By one of our doors. Somebody of the staff who takes a customer's place does not sign in as them."""
    methods = _methods(request, user) if request is not None else []
    if methods:
        record("user.signed_in", actor=user, target=user, after={"methods": methods})


def _methods(request: HttpRequest, user: CustomUser) -> list[str]:
    """How they showed who they are, each step: ["password", "totp"]; ["google"]."""
    return [
        str(step.get("type") or step.get("provider") or step.get("method"))
        for step in get_authentication_records(request, user)
    ]


@receiver(auth.user_logged_out)
def note_sign_out(user: CustomUser | None, request: HttpRequest, **kwargs: Any) -> None:
    """Not when the account is gone, nor when somebody opens another person's link to confirm an address.

    There allauth makes room by itself.
    """
    if user is not None and user.pk and request.method == "POST":
        record("user.signed_out", actor=user, target=user)


@receiver(auth.user_login_failed)
def note_failed_sign_in(credentials: dict[str, Any], **kwargs: Any) -> None:
    note_failure_of(str(credentials.get("email") or credentials.get("username") or ""))


@receiver(mfa.authentication_failed)
def note_failed_code(user: CustomUser, authenticator: Authenticator, **kwargs: Any) -> None:
    note_failure(user, str(authenticator.type))


@receiver([account.login_code_rejected, account.password_reset_code_rejected])
def note_rejected_code(user: CustomUser, **kwargs: Any) -> None:
    note_failure(user, "code")


@receiver(account.user_signed_up)
def note_sign_up(user: CustomUser, sociallogin: SocialLogin | None = None, **kwargs: Any) -> None:
    method = sociallogin.account.provider if sociallogin else "form"
    record("user.signed_up", actor=user, target=user, after={"methods": [method]})


# Passwords --------------------------------------------------------------------------------------------
@receiver(account.password_set)
def note_password_set(user: CustomUser, **kwargs: Any) -> None:
    record("user.password_set", actor=user, target=user)


@receiver(account.password_changed)
def note_password_changed(user: CustomUser, **kwargs: Any) -> None:
    record("user.password_changed", actor=user, target=user)


@receiver(account.password_reset)
def note_password_reset(user: CustomUser, **kwargs: Any) -> None:
    record("user.password_reset", actor=user, target=user)


# Addresses --------------------------------------------------------------------------------------------
@receiver(account.email_added)
def note_address_added(user: CustomUser, email_address: EmailAddress, **kwargs: Any) -> None:
    record("user.address_added", actor=user, target=user, after={"email": email_address.email})


@receiver(account.email_confirmed)
def note_address_confirmed(request: HttpRequest | None, email_address: EmailAddress, **kwargs: Any) -> None:
    """By whoever has the link, and reads that mailbox."""
    user = email_address.user
    if request and request.resolver_match and request.resolver_match.view_name == BY_SUPPORT:
        return
    record("user.address_confirmed", actor=user, target=user, after={"email": email_address.email})


@receiver(account.email_changed)
def note_address_changed(
    user: CustomUser,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **kwargs: Any,
) -> None:
    """Not of the first one: that it was confirmed says it all."""
    if from_email_address is not None and from_email_address.email != to_email_address.email:
        before, after = {"email": from_email_address.email}, {"email": to_email_address.email}
        record("user.address_changed", actor=user, target=user, before=before, after=after)


@receiver(account.email_removed)
def note_address_removed(user: CustomUser, email_address: EmailAddress, **kwargs: Any) -> None:
    record("user.address_removed", actor=user, target=user, before={"email": email_address.email})


# Second steps and passkeys ----------------------------------------------------------------------------
@receiver(mfa.authenticator_added)
def note_authenticator_added(user: CustomUser, authenticator: Authenticator, **kwargs: Any) -> None:
    match authenticator.type:
        case Authenticator.Type.TOTP:
            added = "user.two_step_turned_on"
        case Authenticator.Type.WEBAUTHN:
            added = "user.passkey_added"
        case _:
            added = "user.recovery_codes_made"
    record(added, actor=user, target=user)


@receiver(mfa.authenticator_removed)
def note_authenticator_removed(user: CustomUser, authenticator: Authenticator, **kwargs: Any) -> None:
    match authenticator.type:
        case Authenticator.Type.TOTP:
            removed = "user.two_step_turned_off"
        case Authenticator.Type.WEBAUTHN:
            removed = "user.passkey_removed"
        case _:
            removed = "user.recovery_codes_removed"
    record(removed, actor=user, target=user)


@receiver(mfa.authenticator_reset)
def note_recovery_codes_made(user: CustomUser, **kwargs: Any) -> None:
    record("user.recovery_codes_made", actor=user, target=user)


# Accounts elsewhere -----------------------------------------------------------------------------------
@receiver(social.social_account_added)
def note_provider_connected(sociallogin: SocialLogin, **kwargs: Any) -> None:
    user, provider = sociallogin.user, sociallogin.account.provider
    record("user.provider_connected", actor=user, target=user, after={"provider": provider})


@receiver(social.social_account_removed)
def note_provider_disconnected(socialaccount: SocialAccount, **kwargs: Any) -> None:
    user, provider = socialaccount.user, socialaccount.provider
    record("user.provider_disconnected", actor=user, target=user, before={"provider": provider})
