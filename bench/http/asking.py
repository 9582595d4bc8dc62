"""Asking for one page again and again over a few connections that are kept, and counting."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

END_OF_HEAD, LAST_CHUNK = b"\r\n\r\n", b"0\r\n\r\n"
LENGTH = b"content-length:"


@dataclass
class Asked:
    """`seconds`: of each answer. `errors`: answers that were not 200, and connections that were lost."""

    during: float
    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    bytes: int = 0

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.during

    def at(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[math.ceil(len(ordered) * share) - 1] * 1000 if ordered else math.inf


def ask(port: int, path: str, headers: Mapping[str, str], *, during: float, connections: int = 4) -> Asked:
    words = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\n{words}\r\n".encode()
    return keep_asking(port, lambda: request, during=during, connections=connections)


def keep_asking(port: int, following: Callable[[], bytes], *, during: float, connections: int) -> Asked:
    """`following` gives each request. Raises ConnectionRefusedError when nobody is there."""
    connect(port).close()  # a thread that is refused would only say so
    asked = Asked(during)
    end = time.perf_counter() + during
    threads = [
        threading.Thread(target=_ask_on_one, args=(port, following, end, asked)) for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return asked


def _ask_on_one(port: int, following: Callable[[], bytes], end: float, asked: Asked) -> None:
    line = connect(port)
    while time.perf_counter() < end:
        request, began = following(), time.perf_counter()
        try:
            line.sendall(request)
            head, body = answer(line)
        except OSError:
            asked.errors += 1
            line = connect(port)
            continue
        asked.seconds.append(time.perf_counter() - began)
        asked.errors += not head.startswith(b"http/1.1 200")
        asked.bytes = body
        if b"connection: close" in head:  # a worker that has answered its share is replaced
            line.close()
            line = connect(port)
    line.close()


def connect(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def answer(line: socket.socket) -> tuple[bytes, int]:
    """The head in small letters, and how long the body was."""
    head, _, rest = _read_until(line, b"", END_OF_HEAD).partition(END_OF_HEAD)
    head = head.lower()
    found = head.find(LENGTH)
    if found < 0:  # in chunks
        return head, len(_read_until(line, rest, LAST_CHUNK))
    length, got = int(head[found + len(LENGTH) :].split(b"\r\n", 1)[0]), len(rest)
    while got < length:
        got += len(_read(line))
    return head, length


def _read_until(line: socket.socket, got: bytes, mark: bytes) -> bytes:
    while mark not in got:
        got += _read(line)
    return got


def _read(line: socket.socket) -> bytes:
    part = line.recv(65536)
    if not part:
        raise ConnectionError("closed in the middle of an answer")
    return part
