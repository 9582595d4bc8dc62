"""What accounts, signing in and the audit log hold about a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.audit import FOR_STAFF
from apps.core.models import AuditEntry
from apps.users.models import CustomUser, DataExport
from apps.users.personal_data.parts import File, Part, Row

CHUNK = 500


def account(user: CustomUser) -> Iterator[Row]:
    yield {
        "id": user.pk,
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "time_zone": user.time_zone,
        "joined": user.date_joined,
        "last_signed_in": user.last_login,
        "active": user.is_active,
        "staff": user.is_staff,
        "administrator": user.is_superuser,
        "groups": [group.name for group in user.groups.all()],
        "permissions": sorted(each.codename for each in user.user_permissions.all()),
        "picture": bool(user.avatar),
    }


def picture(user: CustomUser) -> Iterator[File]:
    name = user.avatar.name
    if name:
        yield f"picture.{name.rpartition('.')[2]}", lambda: user.avatar.storage.open(name)


def addresses(user: CustomUser) -> Iterator[Row]:
    for row in EmailAddress.objects.filter(user=user).iterator(CHUNK):
        yield {"email": row.email, "confirmed": row.verified, "main": row.primary}


def sign_in_methods(user: CustomUser) -> Iterator[Row]:
    """Which there are, without what opens the account."""
    if user.has_usable_password():
        yield {"method": "password"}
    for one in Authenticator.objects.filter(user=user).iterator(CHUNK):
        name = one.data.get("name", "") if one.type == Authenticator.Type.WEBAUTHN else ""
        yield {"method": one.type, "name": name, "added": one.created_at, "last_used": one.last_used_at}
    for other in SocialAccount.objects.filter(user=user).iterator(CHUNK):
        yield {
            "method": other.provider,
            "number_there": other.uid,
            "connected": other.date_joined,
            "last_used": other.last_login,
            "what_the_provider_tells": other.extra_data,
        }


def sessions(user: CustomUser) -> Iterator[Row]:
    for one in UserSession.objects.filter(user=user).order_by("pk").iterator(CHUNK):
        yield {
            "began": one.created_at,
            "last_seen": one.last_seen_at,
            "network_address": one.ip,
            "browser": one.user_agent,
        }


def activity(user: CustomUser) -> Iterator[Row]:
    """What they did, and what was done to their account. Whom else it was about, or who did it, stays out.

    So does whence staff did it in their place, and why.
    """
    about = Q(target_type=user._meta.label_lower, target_id=str(user.pk))
    for entry in AuditEntry.objects.filter(Q(actor=user) | about).order_by("pk").iterator(CHUNK):
        own = (entry.target_type, entry.target_id) == (user._meta.label_lower, str(user.pk))
        yield {
            "at": entry.at,
            "action": entry.action,
            "by": _who(entry, user),
            "to": "your account" if own else entry.target_type,
            "network": entry.network_for(user.pk),
            "before": _for_them(entry.before) if own else None,
            "after": _for_them(entry.after) if own else None,
        }


def _who(entry: AuditEntry, user: CustomUser) -> str:
    """In words that name nobody else. Without an actor: a sign-in that failed, or the product's own work."""
    if entry.was_impersonated:
        return "support"
    if entry.actor_id is None:
        return "nobody who was signed in"
    return "you" if entry.actor_id == user.pk else "somebody else"


def _for_them(facts: Any) -> Any:
    if not isinstance(facts, dict):
        return facts
    return {key: value for key, value in facts.items() if key not in FOR_STAFF}


def exports(user: CustomUser) -> Iterator[Row]:
    for one in DataExport.objects.filter(user=user).order_by("created_at").iterator(CHUNK):
        yield {
            "asked_for": one.created_at,
            "by": "staff" if one.asked_by_id else "you",
            "state": one.state,
            "expires": one.expires_at,
        }


def staff_work(user: CustomUser) -> Iterator[Row]:
    for entry in LogEntry.objects.filter(user=user).order_by("pk").iterator(CHUNK):
        yield {"at": entry.action_time, "kind": entry.get_action_flag_display()}


PARTS = [
    Part(
        name="account",
        about=_("who you are here, with your picture"),
        rows=account,
        files=picture,
        covers=frozenset(
            {"users.CustomUser_groups.customuser", "users.CustomUser_user_permissions.customuser"}
        ),
    ),
    Part(
        name="addresses",
        about=_("your email addresses"),
        rows=addresses,
        covers=frozenset({"account.EmailAddress.user"}),
    ),
    Part(
        name="sign-in",
        about=_("how you sign in; passwords, codes and keys are left out"),
        rows=sign_in_methods,
        covers=frozenset({"mfa.Authenticator.user", "socialaccount.SocialAccount.user"}),
    ),
    Part(
        name="sessions",
        about=_("where you are signed in"),
        rows=sessions,
        covers=frozenset({"usersessions.UserSession.user"}),
    ),
    Part(
        name="activity",
        about=_("what you did, and what was done to your account; other people are left out"),
        rows=activity,
        covers=frozenset({"core.AuditEntry.actor"}),
    ),
    Part(
        name="exports",
        about=_("copies of your data that were asked for"),
        rows=exports,
        covers=frozenset({"users.DataExport.user"}),
    ),
    Part(
        name="staff-work",
        about=_("what you edited in the admin, if you are staff, without its content"),
        rows=staff_work,
        covers=frozenset({"admin.LogEntry.user"}),
    ),
]

LEFT_OUT = {
    "core.AuditEntry.impersonator": "Done in another person's account: it is in their log.",
    "users.CustomUser.billing_contact": "Who gets the invoices of another account: it is about that account.",
    "users.DataExport.asked_by": "Staff's work for somebody else.",
}
