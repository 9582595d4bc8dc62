"""Channels to Redis as a worker uses them; tests/outages has whole workers."""

from __future__ import annotations

import pytest
from kombu import Connection

from config.broker import Channel


@pytest.fixture
def channel() -> Channel:
    """Of a connection that is lost. Nothing is asked of a server."""
    connection = Connection("redis://localhost:1", transport="config.broker:Transport")
    channel = Channel.__new__(Channel)
    channel.connection = connection.transport
    channel.connection.client = None
    return channel


def test_what_came_by_a_lost_connection_is_refused_as_by_redis_that_is_away(channel: Channel) -> None:
    expected = Connection("redis://localhost:1", transport="config.broker:Transport").connection_errors

    with pytest.raises(expected):
        channel._connparams()
