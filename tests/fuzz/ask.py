"""One request, as a server hands it over, and as a line that sends it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import quote

SHOWN = 300  # bytes of a body


@dataclass(frozen=True)
class Ask:
    who: str
    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = ""
    body: bytes = b""
    length: str | None = None  # what the request says of its body, if not the truth
    csrf: str = "not checked"  # or "none", "good", "wrong"
    address: str = "127.0.0.1"
    extra: dict[str, Any] = field(default_factory=dict, compare=False)

    def environ(self, cookie: str) -> dict[str, Any]:
        """Header values and paths are bytes that stand in a str as Latin-1, as WSGI has it."""
        sent = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": _latin(self.path),
            "QUERY_STRING": _latin(self.query),
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.address,
            "CONTENT_LENGTH": str(len(self.body)) if self.length is None else self.length,
            "CONTENT_TYPE": _latin(self.content_type),
            "HTTP_COOKIE": cookie,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        for name, value in self.headers:
            key = f"HTTP_{name.upper().replace('-', '_')}"
            sent[key] = f"{cookie}; {_latin(value)}" if key == "HTTP_COOKIE" else _latin(value)
        return sent

    def __str__(self) -> str:
        """Like a line of curl; cookies of whoever asked are left out."""
        address = "http://testserver" + quote(self.path.encode("utf-8", "surrogatepass"), safe="/%")
        parts = ["curl", "-X", self.method, shlex.quote(address + (f"?{self.query}" if self.query else ""))]
        for name, value in (*self.headers, ("Content-Type", self.content_type)):
            if value:
                parts += ["-H", shlex.quote(f"{name}: {value!a}")]
        if self.length is not None:
            parts += ["-H", shlex.quote(f"Content-Length: {self.length}")]
        if self.body:
            parts += ["--data-binary", f"{self.body[:SHOWN]!r}"]
        if len(self.body) > SHOWN:
            parts.append(f"# and {len(self.body) - SHOWN} bytes more")
        return f"{' '.join(parts)}  # as {self.who} from {self.address!r}, CSRF {self.csrf}"


def _latin(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")
