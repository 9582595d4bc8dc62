"""A small threaded HTTP/1.1 server for one WSGI application.

Werkzeug's own server closes each connection after its answer; Stripe keeps them open, and what a client does
with a kept connection (after a fork, after a lost answer) is worth seeing.
"""

from __future__ import annotations

import io
import json
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_to_bytes

LONGEST_BODY = 8 * 1024 * 1024


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, host: str, port: int, app: Any) -> None:
        super().__init__((host, port), Handler)
        self.app = app

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError, OSError)):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300
    server: Server

    def answer(self) -> None:
        length = self.body_length()
        if length is None:
            return
        body = self.rfile.read(length)
        chunks: list[bytes] = []
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            head[:] = [status, headers]
            return chunks.append

        result = self.server.app(self.environ(body), start_response)
        try:
            chunks.extend(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        self.send(head[0], head[1], b"".join(chunks))

    def body_length(self) -> int | None:
        """None when the body cannot be read; that was answered, and what follows it is not listened to."""
        told = self.headers.get("Content-Length") or "0"
        if self.headers.get("Transfer-Encoding"):
            self.refuse("411 Length Required", "Send the body whole, with its Content-Length.")
        elif not (told.isascii() and told.isdigit()):
            self.refuse("400 Bad Request", "Content-Length is a number.")
        elif len(told) > 12 or int(told) > LONGEST_BODY:
            self.refuse("413 Content Too Large", "The request is larger than eight megabytes.")
        else:
            return int(told)
        return None

    def refuse(self, status: str, message: str) -> None:
        self.close_connection = True
        body = json.dumps({"error": {"message": message, "type": "invalid_request_error"}}).encode()
        self.send(status, [("Content-Type", "application/json")], body)

    do_GET = do_POST = do_DELETE = do_PATCH = do_HEAD = do_PUT = do_OPTIONS = answer  # noqa: N815

    def send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, reason = status.partition(" ")
        lines = [f"HTTP/1.1 {code} {reason}", *(f"{name}: {value}" for name, value in headers)]
        names = {name.lower() for name, _ in headers}
        if "content-length" not in names and code not in ("204", "304"):
            lines.append(f"Content-Length: {len(body)}")
        if "date" not in names:
            lines.append(f"Date: {self.date_time_string()}")
        if self.close_connection:
            lines.append("Connection: close")
        # one write: head and body in two packets would cost 40 ms on a kept connection
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "stripe_sandbox.hang_up": self.hang_up,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                environ[f"HTTP_{key}"] = value
        return environ

    def hang_up(self) -> None:
        """Close the connection without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the dashboard and the request log show the calls."""
