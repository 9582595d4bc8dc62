"""Sessions in the database, as Django keeps them (SESSION_ENGINE); each request reads one."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.core.prepared import Prepared


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        for session in _open.ask(key=self.session_key, now=timezone.now()):
            return session
        self._session_key = None
        return None


_open: Prepared[Session] = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=Session._meta.pk,
    now=Session._meta.get_field("expire_date"),
)
