"""Redis as kombu speaks to it, with one client kept for each channel.

kombu makes a new client for each message, which takes longer than to send it. A client has no state of its
own: what it sends goes through the channel's pool, which knows about forks and lost connections.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    _kept: Any = None

    def _create_client(self, asynchronous: bool = False) -> Any:
        if asynchronous:
            return super()._create_client(asynchronous)
        if self._kept is None or self._kept.connection_pool is not self.pool:
            self._kept = super()._create_client()
        return self._kept


class Transport(redis.Transport):
    Channel = Channel
