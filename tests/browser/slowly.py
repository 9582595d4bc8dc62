"""A network on which a page comes in two parts: what people behind a slow one see of it meanwhile."""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAUSE = 0.5  # seconds: long enough for a browser to show what it has


@contextmanager
def in_two_parts(site: str, mark: str) -> Iterator[str]:
    """The address of the same site, whose pages pause before the last `mark` in them."""

    class Slowly(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with urllib.request.urlopen(site + self.path) as answer:
                body, kind = answer.read(), answer.headers["Content-Type"]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            first, found, rest = body.rpartition(mark.encode())
            if found and kind.startswith("text/html"):
                self.wfile.write(first)
                self.wfile.flush()
                time.sleep(PAUSE)
                body = found + rest
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Nothing: pytest shows what went wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slowly)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
