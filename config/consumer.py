"""A worker that outlives Redis, whatever it has in its hands at that moment. Celery makes one per worker."""

from __future__ import annotations

import logging

from celery.worker.consumer import Consumer as CeleryConsumer
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class Consumer(CeleryConsumer):
    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """kombu 5.7 closes a lost connection twice. The second time it wants to put back what the worker has
        in its hands, by a transport that is gone: an AttributeError, of which the worker dies.

        If Redis still knows what that was, it delivers it again in an hour; a sweep finds its row before.
        """
        try:
            super().on_connection_error_after_connected(exc)
        except (AttributeError, RedisError):
            self.connection = None
            logger.warning("Tasks in hand could not be put back, the broker is gone")
