"""What staff do for somebody who is locked out, or fears another is in, each with a reason."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import verify_email
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from apps.core.audit import record
from apps.core.errors import Refused
from apps.users.models import CustomUser
from apps.users.sessions import end_noted, sessions_of


@transaction.atomic
def turn_off_two_step(
    request: HttpRequest | None, person: CustomUser, *, by: CustomUser | None, reason: str
) -> list[str]:
    """Codes, recovery codes and passkeys: all that the lost phone may have held. The person gets a mail.

    Returns what was taken off.
    """
    removed = list(Authenticator.objects.select_for_update().filter(user=person))
    kinds = sorted({str(one.type) for one in removed})
    record(
        "user.two_step_turned_off",
        actor=by,
        target=person,
        before={"methods": kinds},
        after={"reason": reason},
    )
    Authenticator.objects.filter(pk__in=[one.pk for one in removed]).delete()
    get_adapter().send_mail("account/email/two_step_off_by_support", person.email, {"at": timezone.now()})
    return kinds


@transaction.atomic
def end_all_sessions(request: HttpRequest, person: CustomUser, *, by: CustomUser, reason: str) -> None:
    ended = end_noted(UserSession.objects.filter(user=person))
    record(
        "user.sessions_ended_by_staff",
        actor=by,
        target=person,
        after={"sessions": ended, "reason": reason},
    )


@transaction.atomic
def confirm_address(request: HttpRequest, person: CustomUser, *, by: CustomUser, reason: str) -> None:
    """The one that waits, as if its link had been followed. Refused when it is somebody else's by now."""
    waiting = unconfirmed_address(person)
    if waiting is not None and waiting.pk is None:
        waiting.save()
    if waiting is None or not verify_email(request, waiting):
        raise Refused("")  # allauth has said why
    record(
        "user.address_confirmed_by_staff",
        actor=by,
        target=person,
        after={"email": waiting.email, "reason": reason},
    )


@transaction.atomic
def send_password_reset(request: HttpRequest, person: CustomUser, *, by: CustomUser, reason: str) -> None:
    """The same mail as behind "Forgot your password?". Staff never see the link."""
    record("user.password_reset_sent", actor=by, target=person, after={"reason": reason})
    generator = app_settings.PASSWORD_RESET_TOKEN_GENERATOR()
    request_password_reset(request, person.email, [person], generator)


def has_second_step(person: CustomUser) -> bool:
    return Authenticator.objects.filter(user=person).exists()


def is_signed_in_somewhere(person: CustomUser) -> bool:
    return bool(sessions_of(person))


def unconfirmed_address(person: CustomUser) -> EmailAddress | None:
    """The newest that waits; of somebody whom staff made, the one they have: allauth knows of none yet."""
    known = EmailAddress.objects.filter(user=person)
    if not known.exists():
        return EmailAddress(user=person, email=person.email, primary=True)
    return known.filter(verified=False).order_by("-pk").first()
