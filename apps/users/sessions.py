"""Where somebody is signed in, and ending it from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from apps.core.audit import record
from apps.users.impersonation import changes_places
from apps.users.models import CustomUser


def sessions_of(user: CustomUser) -> list[UserSession]:
    """Those that still open pages, newest first, in two queries.

    allauth notes them when somebody signs in on our pages, and `note_session` at the admin's door.
    """
    noted = UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
    keys = [session.session_key for session in noted]
    open_ones = _open_keys(user, keys) if keys else set()
    return [session for session in noted if session.session_key in open_ones]


@transaction.atomic
def end_sessions(user: CustomUser, keys: Iterable[str]) -> int:
    """How many were ended. Keys of somebody else's sessions are passed over."""
    ended = end_noted(UserSession.objects.filter(user=user, session_key__in=list(keys)))
    if ended:
        record("user.sessions_ended", actor=user, target=user, after={"sessions": ended})
    return ended


def end_noted(noted: QuerySet[UserSession]) -> int:
    """How many of them were still open."""
    ended = 0
    for one in noted:
        ended += one.exists()
        one.end()  # by the engine of sessions, so that its cache forgets it, too
    return ended


@receiver(user_logged_in)
def note_session(sender: object, user: CustomUser, request: HttpRequest | None, **kwargs: object) -> None:
    """Whichever door it was. The test client's `force_login` has no address to note.

    Staff at a customer's place are in no list of the customer's. Back at their own they are in theirs.
    """
    if request is None or not request.META.get("REMOTE_ADDR"):
        return
    if not changes_places(request) or user.is_staff:
        UserSession.objects.create_from_request(request)


def _open_keys(user: CustomUser, keys: list[str]) -> set[str]:
    """Not over, and from after the last change of the password."""
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    stamps = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    return {one.session_key for one in sessions if one.get_decoded().get(HASH_SESSION_KEY) in stamps}
