"""Beat's scheduler: several may be started, one of them works. `CELERY_BEAT_SCHEDULER` names it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django_celery_beat.schedulers import DatabaseScheduler
from redis.exceptions import LockError, RedisError

logger = logging.getLogger(__name__)
LOCK = "beat"
# Renewed at each look at the schedule, every five seconds at the latest. A beat that is killed is replaced
# after so long at most; one that stood still for longer may send a task once more, which changes nothing.
LEASE_SECONDS = 30
LOOK_AGAIN_SECONDS = 5
TIMES_OUT = {"socket_connect_timeout": 2, "socket_timeout": 2}


class OneAtATimeScheduler(DatabaseScheduler):
    """The lock is at the broker: who does not reach it could send nothing either."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not settings.REDIS_URL:
            raise ImproperlyConfigured("Without REDIS_URL there is no broker, so beat has nobody to tell")
        client = redis.Redis.from_url(settings.REDIS_URL, **TIMES_OUT)
        self._lock = client.lock(LOCK, timeout=LEASE_SECONDS, thread_local=False)
        self._works: bool | None = None  # not known yet
        super().__init__(*args, **kwargs)

    def tick(self, *args: Callable[..., Any], **kwargs: Callable[..., Any]) -> float:
        """Seconds until the next look."""
        works = self._holds_the_lock()
        if works != self._works:
            self._note(works)
        if not works:
            return min(LOOK_AGAIN_SECONDS, self.max_interval)
        seconds: float = super().tick(*args, **kwargs)
        return seconds

    def reserve(self, entry: Any) -> Any:
        """The time it is sent at, also in the schedule itself: at its start and after any change of the tasks
        the queue is made anew from there, and what went out a moment ago would be due once more."""
        reserved = super().reserve(entry)
        self._schedule[entry.name] = reserved
        return reserved

    def close(self) -> None:
        """The next one begins at once."""
        super().close()
        with suppress(LockError, RedisError):  # it is another's already, or runs out by itself
            self._lock.release()

    def _holds_the_lock(self) -> bool:
        try:
            if self._lock.owned():
                return bool(self._lock.reacquire())
            return bool(self._lock.acquire(blocking=False))
        except (LockError, RedisError) as error:
            logger.warning("The lock of beat does not answer: %s", error)
            return False

    def _note(self, works: bool) -> None:
        """What was sent stands in the database: whoever takes over reads it, or all would be due at once."""
        self._works = works
        logger.info("This beat works" if works else "This beat waits")
        if works:
            self._initial_read, self._heap = True, None
        else:
            self.sync()
