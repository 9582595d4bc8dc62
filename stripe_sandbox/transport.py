"""The sandbox without a socket: a `requests` transport adapter that calls the WSGI application itself.

    client = in_process_client(running, "sk_test_...")                   # stripe-python's StripeClient
    session = in_process_session(running.app, running.url)               # or for a client of your own:
    stripe.default_http_client = stripe.RequestsClient(session=session)

What a client can see is what a socket shows: status, headers, read timeouts, answers that get lost.
"""

from __future__ import annotations

import io
import sys
import threading
from dataclasses import dataclass, field
from http.client import responses
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
import stripe
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

if TYPE_CHECKING:
    from stripe_sandbox.server import App, Running


def in_process_client(running: Running, key: str, timeout: float = 80) -> stripe.StripeClient:
    """stripe-python's client for a sandbox of this process."""
    session = in_process_session(running.app, running.url)
    http_client = stripe.RequestsClient(session=session, timeout=timeout)
    return stripe.StripeClient(key, base_addresses={"api": running.url}, http_client=http_client)


def in_process_session(app: App, url: str) -> requests.Session:
    """A session that reaches the sandbox at `url` without a connection, and everything else as usual."""
    session = requests.Session()
    session.trust_env = False  # proxies of the environment are for the network; looking them up costs time
    session.mount(url, InProcess(app))
    return session


@dataclass
class Answer:
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    lost: bool = False
    error: BaseException | None = None


class InProcess(BaseAdapter):
    """Holds nothing of a call, so threads may share it."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self.app = app

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, timeout: Any = None, *_: Any, **__: Any
    ) -> requests.Response:
        answer = self.answer(request, read_timeout(timeout))
        if answer.error is not None:
            raise answer.error
        if answer.lost:
            message = "Connection aborted: the sandbox closed it without an answer"
            raise requests.exceptions.ConnectionError(message, request=request)
        return response_of(request, answer)

    def close(self) -> None:
        """Nothing is open."""

    def answer(self, request: requests.PreparedRequest, timeout: float | None) -> Answer:
        answer = Answer()
        if timeout is None or not self.app.world.faults.may_delay():
            self.work(request, answer)
            return answer
        # who stops waiting does not stop the work: it goes on in its thread, as at a server
        worker = threading.Thread(target=self.work, args=(request, answer), daemon=True)
        worker.start()
        worker.join(timeout)
        if worker.is_alive():
            message = f"Read timed out. (read timeout={timeout})"
            raise requests.exceptions.ReadTimeout(message, request=request)
        return answer

    def work(self, request: requests.PreparedRequest, answer: Answer) -> None:
        written: list[bytes] = []

        def hang_up() -> None:
            answer.lost = True

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            answer.status, answer.headers = int(status[:3]), headers
            return written.append

        try:
            environ = environ_of(request) | {"stripe_sandbox.hang_up": hang_up}
            written.extend(self.app(environ, start_response))
            answer.body = b"".join(written)
        except BaseException as error:  # noqa: BLE001 - raised where the caller waits
            answer.error = error


def read_timeout(timeout: Any) -> float | None:
    return timeout[1] if isinstance(timeout, tuple) else timeout


def environ_of(request: requests.PreparedRequest) -> dict[str, Any]:
    where = urlsplit(request.url or "")
    body: Any = request.body or b""
    content: bytes = body.encode() if isinstance(body, str) else body
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(where.path).decode("latin-1"),
        "QUERY_STRING": where.query,
        "SERVER_NAME": where.hostname,
        "SERVER_PORT": str(where.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": where.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": where.scheme,
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        environ["HTTP_" + name.upper().replace("-", "_")] = text_of(value)
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ["CONTENT_LENGTH"] = str(len(content))
    return environ


def text_of(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def response_of(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.reason = responses.get(answer.status, "")
    response.headers = CaseInsensitiveDict(answer.headers)
    response.encoding = "utf-8"
    response.raw = io.BytesIO(b"" if request.method == "HEAD" else answer.body)
    response.url = request.url or ""
    response.request = request
    return response
