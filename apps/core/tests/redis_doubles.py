"""Redis in a bad state, as far as a socket can tell."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

FULL = b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"
DISK = (
    b"-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.\r\n"
)


@contextmanager
def redis_that_says(answer: bytes) -> Iterator[str]:
    """The address of a server that gives this answer to whatever it is asked; b"" is one that is frozen."""
    door = socket.create_server(("127.0.0.1", 0))
    Thread(target=_open, args=(door, answer), daemon=True).start()
    try:
        # The old protocol begins without a greeting that asks for more than one word.
        yield f"redis://127.0.0.1:{door.getsockname()[1]}/0?protocol=2"
    finally:
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()


def _open(door: socket.socket, answer: bytes) -> None:
    with suppress(OSError):  # closed: the test is over
        while True:
            Thread(target=_serve, args=(door.accept()[0], answer), daemon=True).start()


def _serve(caller: socket.socket, answer: bytes) -> None:
    with suppress(OSError), caller:
        while asked := caller.recv(65536):
            # A command begins with "*"; several may come at once.
            caller.sendall(answer * max(1, asked.count(b"\r\n*") + asked.startswith(b"*")))
