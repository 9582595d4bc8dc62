"""Sessions in the database, as Django keeps them (SESSION_ENGINE), each read together with its person.

allauth notes whose each session is. Whom the session itself names is asked for by their id all the same
(`backends.py`), and what was read along is used if it is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from apps.core.billing import with_billing
from apps.core.prepared import Prepared, Slot
from apps.users.models import CustomUser


class SessionStore(db.SessionStore):
    person: CustomUser | None = None  # who is signed in, as far as the row of the session tells

    def _get_session_from_db(self) -> Session | None:
        asked: dict[str, Any] = {"key": self.session_key, "now": timezone.now()}
        for person in _signed_in.ask(**asked):
            if person.session_data is not None:
                self.person = person
                return Session(session_key=asked["key"], session_data=person.session_data)
        for session in _open.ask(**asked):
            return session
        self._session_key = None
        return None


def _person_of(key: Slot, now: Slot) -> QuerySet[Any]:
    people = with_billing(CustomUser.objects.filter(usersession__session_key=key))
    return people.annotate(session_data=Subquery(_sessions(key, now).values("session_data")))


def _sessions(key: Slot, now: Slot) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


_FIELDS = {"key": Session._meta.pk, "now": Session._meta.get_field("expire_date")}
_signed_in: Prepared[Any] = Prepared(_person_of, **_FIELDS)
_open: Prepared[Session] = Prepared(_sessions, **_FIELDS)

_at_hand: ContextVar[Any] = ContextVar("session_at_hand", default=None)


@contextmanager
def at_hand(session: Any) -> Iterator[None]:
    """While inside, `read_along` knows of this session and of no other."""
    token = _at_hand.set(session)
    try:
        yield
    finally:
        _at_hand.reset(token)


def read_along(user_id: Any) -> CustomUser | None:
    """This person, if they were read with the session at hand."""
    person: CustomUser | None = getattr(_at_hand.get(), "person", None)
    return person if person is not None and person.pk == user_id else None
