"""Where somebody is signed in, and ending it from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from apps.core.audit import record
from apps.users.impersonation import IN_SESSION, changes_places, kept_in, tell_ended
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
    tell_places_left(noted)
    ended = 0
    for one in noted:
        ended += one.exists()
        one.end()  # by the engine of sessions, so that its cache forgets it, too
    return ended


def end_with_account(user: CustomUser) -> None:
    """After the commit that deletes the account: on every device, and whatever cache an engine keeps."""
    noted = UserSession.objects.filter(user=user)
    tell_places_left(noted)
    keys = [one.session_key for one in noted]
    engine = import_module(settings.SESSION_ENGINE)
    transaction.on_commit(lambda: [engine.SessionStore(key).delete() for key in keys])


def tell_places_left(noted: QuerySet[UserSession]) -> None:
    """Which of these sessions of staff were at a customer's place. Once they are gone, nobody could tell."""
    engine = import_module(settings.SESSION_ENGINE)
    for one in noted:
        if story := kept_in(engine.SessionStore(one.session_key)):
            tell_ended(story, "session ended")


@receiver(user_logged_in)
def note_session(sender: object, user: CustomUser, request: HttpRequest | None, **kwargs: object) -> None:
    """Whichever door it was. The test client's `force_login` has no address to note.

    Staff at a customer's place are in no list of the customer's: `move_note` keeps them in their own.
    """
    if request is None or not request.META.get("REMOTE_ADDR") or changes_places(request):
        return
    UserSession.objects.create_from_request(request)


def move_note(request: HttpRequest, staff: CustomUser, was: str | None) -> None:
    """Their browser has changed hands, and with it its key: what ends their sessions has to find it."""
    if not request.session.session_key:
        request.session.save()
    key = request.session.session_key
    if UserSession.objects.filter(user=staff, session_key=was).update(session_key=key):
        return
    agent = request.META.get("HTTP_USER_AGENT", "")[: UserSession._meta.get_field("user_agent").max_length]
    ip = get_adapter().get_client_ip(request)
    UserSession.objects.create(user=staff, session_key=key, ip=ip, user_agent=agent)


def _open_keys(user: CustomUser, keys: list[str]) -> set[str]:
    """Not over, and from after the last change of the password."""
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    stamps = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    return {one.session_key for one in sessions if _stamp(one.get_decoded()) in stamps}


def _stamp(data: dict[str, Any]) -> Any:
    """What it stands on. At a customer's place that is the customer's; the story has that of staff."""
    return data[IN_SESSION]["stamp"] if IN_SESSION in data else data.get(HASH_SESSION_KEY)
