"""HTTP in front of one world: /v1 (API), /_sandbox (control) and the hosted pages.

Pages live in `stripe_sandbox.hosted.pages`, which offers
`PAGE_RULES: list[tuple[str, str, Callable]]` of (methods "GET,POST", path "/checkout/<cs_id>", view) with
`view(world, request, **path_arguments) -> werkzeug.wrappers.Response`. Static files are a page rule too.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from werkzeug.exceptions import Conflict, HTTPException, InternalServerError
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from stripe_sandbox import control, resources
from stripe_sandbox.api.server import ApiServer
from stripe_sandbox.billing.lifecycle import run_due
from stripe_sandbox.hosted.pages import PAGE_RULES
from stripe_sandbox.http_server import Server
from stripe_sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


resources.load()
BY_HAND = "This page cannot be shown, because objects were changed by hand (PATCH /_sandbox/objects): "


class App:
    """The WSGI application."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.api = ApiServer(world)
        self.pages = Map(
            [Rule(path, methods=methods.split(","), endpoint=view) for methods, path, view in PAGE_RULES],
            strict_slashes=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        return self.handle(request)(environ, start_response)

    def handle(self, request: Request) -> Response:
        if request.path.startswith(("/v1/", "/v2/")) or request.path in ("/v1", "/v2"):
            return self.api(request)
        if request.path.startswith("/_sandbox"):
            return control.handle(self.world, request)
        return self.page(request)

    def page(self, request: Request) -> Response:
        try:
            view, arguments = self.pages.bind_to_environ(request.environ).match()
            response: Response = view(self.world, request, **arguments)
            return response
        except HTTPException as error:
            return Response(error.get_body(), error.code, error.get_headers())
        except Exception:  # noqa: BLE001 - a page that fails must not take the server along
            traceback.print_exc()
            by_hand = self.world.changed_by_hand()
            failed = Conflict(BY_HAND + ", ".join(by_hand)) if by_hand else InternalServerError()
            return Response(failed.get_body(), failed.code, content_type="text/html")


def create_app(world: World) -> App:
    return App(world)


class Ticker(threading.Thread):
    """Runs what falls due as wall time passes."""

    def __init__(self, world: World) -> None:
        super().__init__(daemon=True)
        self.world = world
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(1):
            try:
                run_due(self.world)
            except Exception:  # noqa: BLE001 - the clock goes on
                traceback.print_exc()


@dataclass
class Running:
    """A sandbox in this process. `stop()` ends it."""

    world: World
    app: App
    url: str
    server: Server
    ticker: Ticker
    thread: threading.Thread = field(repr=False)

    def stop(self) -> None:
        self.ticker.ended.set()
        self.world.courier.stop()
        self.server.shutdown()
        self.server.server_close()
        self.world.store.close()


def start_in_thread(
    port: int = 0, world: World | None = None, host: str = "127.0.0.1", ticks: bool = True
) -> Running:
    """A server on a free port, with its deliveries and its clock at work.

    Without `ticks` nothing falls due by itself: time moves by `advance` only, whatever a test freezes.
    """
    world = world or World()
    app = create_app(world)
    server = Server(host, port, app)
    url = f"http://{host}:{server.server_port}"
    world.base_url = world.public_url or url
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    ticker = Ticker(world)
    if ticks:
        ticker.start()
    world.courier.start()
    return Running(world, app, url, server, ticker, thread)
