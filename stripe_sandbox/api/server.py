"""One API call from HTTP to answer: key, faults, route, parameters, idempotency, work, envelope."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
import traceback
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from stripe_sandbox import recording
from stripe_sandbox.api import arriving, faults, params
from stripe_sandbox.api.calls import ROUTES, Call, Handler
from stripe_sandbox.api.idempotency import Idempotency, fingerprint_of
from stripe_sandbox.errors import StripeError, reset_meanwhile, unknown_route
from stripe_sandbox.ids import new_id

if TYPE_CHECKING:
    from stripe_sandbox.world import World


@cache
def urls() -> Map:
    """Of all routes, which are registered before the first call."""
    return Map(
        [
            Rule(path.replace("{", "<").replace("}", ">"), methods=[method], endpoint=operation)
            for operation in ROUTES
            for method, path in [operation.split(" ", 1)]
        ],
        strict_slashes=False,
    )


@dataclass
class Arrival:
    """One call on its way through: who asks for what, and which world it came to."""

    request: Request
    id: str
    key: str | None
    resets: int
    pairs: list[tuple[str, str]] = field(default_factory=list)
    unreadable: StripeError | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    injected: bool = False


class ApiServer:
    def __init__(self, world: World) -> None:
        self.world = world
        self.idempotency = Idempotency(world)

    def __call__(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        arrival = Arrival(request, new_id("request"), key or None, self.world.resets)
        try:
            arrival.pairs = arriving.read_pairs(request)
        except StripeError as error:
            arrival.unreadable = error
        entry = self.note(arrival)
        status, body = self.answer(arrival)
        headers = arrival.headers
        entry["status"] = status
        entry["replayed"] = "Idempotent-Replayed" in headers
        if status >= 400:
            entry["error"] = body.get("error")
        recording.note(self.world, arrival, status, body)
        headers["Request-Id"] = arrival.id
        headers["Stripe-Version"] = request.headers.get("Stripe-Version") or arriving.VERSION
        return Response(json.dumps(body), status, headers, content_type="application/json")

    def note(self, arrival: Arrival) -> dict[str, Any]:
        return self.world.requests.add(
            id=arrival.id,
            method=arrival.request.method,
            path=arrival.request.path,
            params=arriving.shown(arrival.pairs),
            idempotency_key=arrival.key,
            status=None,
            replayed=False,
            at=int(time.time()),
        )

    def answer(self, arrival: Arrival) -> tuple[int, dict[str, Any]]:
        request, fault = arrival.request, None
        if arrival.key:
            arrival.headers["Idempotency-Key"] = arrival.key
        try:
            self.admit(arrival)
            fault = self.world.faults.take(request.method, request.path)
            if fault and faults.answers(fault):
                return self.injected(fault, arrival)
            arrival.delay = (fault or {}).get("delay") or 0
            status, body = self.work(arrival)
        except StripeError as error:
            status, body = error.status, error.envelope()
            arrival.headers.update(error.headers)
        if fault and fault["drop_response"]:
            drop(request)
        return status, body

    def admit(self, arrival: Arrival) -> None:
        """Everything that is asked of a call whatever it wants."""
        headers, key = arrival.request.headers, arriving.key_of(arrival.request)
        arriving.check_key(key)
        arriving.check_version(headers.get("Stripe-Version"))
        arriving.check_account(self.world, headers.get("Stripe-Account"))
        arriving.check_idempotency_key(arrival.key)
        self.world.rate_limit.take(key, self.world.settings().get("rate_limit"))
        if arrival.unreadable:
            raise arrival.unreadable

    def injected(self, fault: dict[str, Any], arrival: Arrival) -> tuple[int, dict[str, Any]]:
        arrival.injected = True
        time.sleep(fault["delay"] or 0)
        if fault["retry_after"] is not None:
            arrival.headers["Retry-After"] = str(fault["retry_after"])
        status, body = faults.status_of(fault), faults.envelope(fault)
        if fault["remembered"] and arrival.key:
            fingerprint = fingerprint_of(arrival.request.path, arrival.pairs)
            with self.world:
                self.idempotency.remember(arrival.key, fingerprint, status, body)
        return status, body

    def work(self, arrival: Arrival) -> tuple[int, dict[str, Any]]:
        handler, call = self.find(arrival)
        if arrival.key is None:
            return self.run(handler, call, arrival)
        fingerprint = fingerprint_of(call.path, arrival.pairs)
        remembered = self.idempotency.begin(arrival.key, fingerprint)
        if remembered:
            arrival.headers["Idempotent-Replayed"] = "true"
            arrival.injected = remembered[0] >= 500  # our own failures are never remembered
            return remembered
        try:
            return self.run(handler, call, arrival, fingerprint)
        finally:
            self.idempotency.end(arrival.key)

    def find(self, arrival: Arrival) -> tuple[Handler, Call]:
        method, path = arrival.request.method, arrival.request.path
        try:
            operation, path_params = urls().bind("").match(path, method=method)
        except HTTPException:
            shout(f"NO SUCH ROUTE {method} {path}")
            raise unknown_route(method, path) from None
        try:
            given = params.read(operation, params.decode(arrival.pairs))
        except StripeError as error:
            shout(f"{method} {path}: {error.message}")
            raise
        return ROUTES[operation], Call(self.world, given, path, dict(path_params))

    def run(
        self, handler: Handler, call: Call, arrival: Arrival, fingerprint: str = ""
    ) -> tuple[int, dict[str, Any]]:
        time.sleep(arrival.delay)
        try:
            with self.world:
                body = self.change(handler, call, arrival)
                if arrival.key:
                    self.idempotency.remember(arrival.key, fingerprint, 200, body)
                return 200, body
        except StripeError as error:
            answer = error.status, error.envelope()
            remembered = error.remembered
        except Exception as error:  # noqa: BLE001 - answered as Stripe answers its own failures
            traceback.print_exc()
            failed = failure(self.world, error)
            return failed.status, failed.envelope()
        if arrival.key and remembered:
            with self.world:
                self.idempotency.remember(arrival.key, fingerprint, *answer)
        return answer

    def change(self, handler: Handler, call: Call, arrival: Arrival) -> dict[str, Any]:
        """Call with the world open. A call that slept through a reset must not fill the new world."""
        world = self.world
        if world.resets != arrival.resets:
            raise reset_meanwhile()
        no_request = world.request
        world.base_url = world.public_url or arrival.request.host_url.rstrip("/")
        world.request = {"id": arrival.id, "idempotency_key": arrival.key}
        try:
            return finished(world, handler(call, **call.path_params), call.get("expand"))
        finally:
            world.request = no_request


def failure(world: World, error: Exception) -> StripeError:
    if isinstance(error, sqlite3.Error):
        message = f"The change could not be saved ({error}); nothing was done."
        return StripeError(message, status=500, type="api_error")
    by_hand = world.changed_by_hand()
    if by_hand:
        message = "This cannot be done, because objects were changed by hand (PATCH /_sandbox/objects): "
        return StripeError(message + ", ".join(by_hand))
    return StripeError("The sandbox failed; its log shows where.", status=500, type="api_error")


def shout(message: str) -> None:
    """A gap in the sandbox, or a call Stripe would refuse, is loud."""
    sys.stderr.write(f"stripe_sandbox: {message}\n")
    sys.stderr.flush()


def finished(world: World, result: dict[str, Any], paths: list[str] | None) -> dict[str, Any]:
    if "_finished" in result:
        shown: dict[str, Any] = result["_finished"]
        return shown
    if result["object"] == "list":
        return result
    return world.render(result, paths)


def drop(request: Request) -> None:
    """The work is done; the answer is lost on the way."""
    hang_up = request.environ.get("stripe_sandbox.hang_up")
    if hang_up is not None:
        hang_up()
