"""A small S3 on localhost: it keeps objects, and knows public buckets from private ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

PUBLIC, PRIVATE = "pictures", "exports"


@dataclass
class Bucket:
    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)  # by path
    headers: dict[str, dict[str, str]] = field(default_factory=dict)  # what each was put with
    is_away: bool = False


@contextmanager
def bucket_server() -> Iterator[Bucket]:
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(bucket))
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()


def _handler(bucket: Bucket) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if self._may(writing=True):
                bucket.objects[self._path] = content
                bucket.headers[self._path] = {name.lower(): value for name, value in self.headers.items()}
                self._answer(200)

        def do_GET(self) -> None:
            if self._may(writing=False):
                found = bucket.objects.get(self._path)
                self._answer(200, found) if found is not None else self._answer(404, b"")

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_DELETE(self) -> None:
            if self._may(writing=True):
                bucket.objects.pop(self._path, None)
                self._answer(204)

        @property
        def _path(self) -> str:
            return urlsplit(self.path).path

        def _may(self, *, writing: bool) -> bool:
            signed = "AWS4-HMAC-SHA256" in self.headers.get("Authorization", "") or bool(
                re.fullmatch(r"\w{64}", parse_qs(urlsplit(self.path).query).get("X-Amz-Signature", [""])[0])
            )
            if bucket.is_away:
                self._answer(503)
            elif not signed and (writing or not self._path.startswith(f"/{PUBLIC}/")):
                self._answer(403)
            else:
                return True
            return False

        def _answer(self, status: int, content: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", '"x"')
            self.send_header("Last-Modified", "Sun, 29 Nov 2026 10:00:00 GMT")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Nothing on the terminal of the tests."""

    return Handler
