"""Redis as kombu speaks to it, with one client kept for each channel.

kombu makes a new client for each message, which takes longer than to send it. A client has no state of its
own: what it sends goes through the channel's pool, which knows about forks and lost connections.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as RedisIsGone


class Channel(redis.Channel):
    _kept: Any = None

    def _create_client(self, asynchronous: bool = False) -> Any:
        if asynchronous:
            return super()._create_client(asynchronous)
        if self._kept is None or self._kept.connection_pool is not self.pool:
            self._kept = super()._create_client()
        return self._kept

    def _connparams(self, asynchronous: bool = False) -> Any:
        """What came by a connection that is lost can be acknowledged to nobody. kombu stumbles over that with
        an AttributeError, of which the worker dies; this is what it expects of Redis that is away.
        """
        if self.connection.client is None:
            raise RedisIsGone("The connection of this channel is gone")
        return super()._connparams(asynchronous)


class Transport(redis.Transport):
    Channel = Channel
