"""One API call from HTTP to answer: key, faults, route, parameters, idempotency, work, envelope."""

from __future__ import annotations

import base64
import json
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from stripe_sandbox import faults, params, resources
from stripe_sandbox.api import ROUTES, Call, Handler
from stripe_sandbox.errors import StripeError, unauthorized, unknown_route
from stripe_sandbox.idempotency import Idempotency, fingerprint_of
from stripe_sandbox.ids import new_id

if TYPE_CHECKING:
    from stripe_sandbox.world import World

resources.load()
URLS = Map(
    [
        Rule(path.replace("{", "<").replace("}", ">"), methods=[method], endpoint=operation)
        for operation in ROUTES
        for method, path in [operation.split(" ", 1)]
    ],
    strict_slashes=False,
)
DEFAULT_VERSION = "2026-08-26.dahlia"


class ApiServer:
    def __init__(self, world: World) -> None:
        self.world = world
        self.idempotency = Idempotency(world)

    def __call__(self, request: Request) -> Response:
        request_id = new_id("request")
        pairs = read_pairs(request)
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        entry = self.world.requests.add(
            id=request_id,
            method=request.method,
            path=request.path,
            params=safe_decode(pairs),
            idempotency_key=key,
            status=None,
            replayed=False,
            at=int(time.time()),
        )
        status, body, headers = self.answer(request, request_id, pairs, key)
        entry["status"] = status
        entry["replayed"] = "Idempotent-Replayed" in headers
        if status >= 400:
            entry["error"] = body.get("error")
        headers |= {
            "Request-Id": request_id,
            "Stripe-Version": request.headers.get("Stripe-Version", DEFAULT_VERSION),
        }
        return Response(json.dumps(body), status, headers, content_type="application/json")

    def answer(
        self, request: Request, request_id: str, pairs: list[tuple[str, str]], key: str | None
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        headers: dict[str, str] = {"Idempotency-Key": key} if key else {}
        try:
            check_key(request)
            fault = self.world.faults.take(request.method, request.path)
            if fault and faults.answers(fault):
                return self.injected(fault, headers)
            status, body = self.work(request, request_id, pairs, key, headers, (fault or {}).get("delay"))
        except StripeError as error:
            status, body = error.status, error.envelope()
        if fault_drops(locals().get("fault")):
            drop(request)
        return status, body, headers

    def injected(
        self, fault: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        time.sleep(fault["delay"] or 0)
        if fault["retry_after"] is not None:
            headers["Retry-After"] = str(fault["retry_after"])
        return faults.status_of(fault), faults.envelope(fault), headers

    def work(
        self,
        request: Request,
        request_id: str,
        pairs: list[tuple[str, str]],
        key: str | None,
        headers: dict[str, str],
        delay: float | None,
    ) -> tuple[int, dict[str, Any]]:
        handler, call = self.find(request, pairs)
        if key is None:
            time.sleep(delay or 0)
            return self.run(handler, call, request, request_id, None, "")
        fingerprint = fingerprint_of(request.path, pairs)
        remembered = self.idempotency.begin(key, fingerprint)
        if remembered:
            headers["Idempotent-Replayed"] = "true"
            return remembered
        try:
            time.sleep(delay or 0)
            return self.run(handler, call, request, request_id, key, fingerprint)
        finally:
            self.idempotency.end(key)

    def find(self, request: Request, pairs: list[tuple[str, str]]) -> tuple[Handler, Call]:
        try:
            operation, path_params = URLS.bind("").match(request.path, method=request.method)
        except HTTPException:
            shout(f"NO SUCH ROUTE {request.method} {request.path}")
            raise unknown_route(request.method, request.path) from None
        try:
            given = params.read(operation, params.decode(pairs))
        except StripeError as error:
            shout(f"{request.method} {request.path}: {error.message}")
            raise
        return ROUTES[operation], Call(self.world, given, request.path, dict(path_params))

    def run(
        self,
        handler: Handler,
        call: Call,
        request: Request,
        request_id: str,
        key: str | None,
        fingerprint: str,
    ) -> tuple[int, dict[str, Any]]:
        try:
            with self.world as world:
                world.base_url = world.public_url or request.host_url.rstrip("/")
                world.request = {"id": request_id, "idempotency_key": key}
                try:
                    body = finished(world, handler(call, **call.path_params), call.get("expand"))
                finally:
                    world.request = {"id": None, "idempotency_key": None}
                if key:
                    self.idempotency.remember(key, fingerprint, 200, body)
                return 200, body
        except StripeError as error:
            answer = error.status, error.envelope()
            remembered = error.remembered
        except Exception:  # noqa: BLE001 - whatever went wrong is answered as Stripe answers its own failures
            traceback.print_exc()
            message = "The sandbox failed; its log shows where."
            return 500, {"error": {"type": "api_error", "message": message}}
        if key and remembered:
            with self.world:
                self.idempotency.remember(key, fingerprint, *answer)
        return answer


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


def read_pairs(request: Request) -> list[tuple[str, str]]:
    pairs = parse_qsl(request.query_string.decode(), keep_blank_values=True)
    if request.method in ("POST", "DELETE"):
        pairs += parse_qsl(request.get_data(as_text=True), keep_blank_values=True)
    return pairs


def safe_decode(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    hidden = [(name, "***" if name.endswith(("[number]", "[cvc]")) else value) for name, value in pairs]
    try:
        return params.decode(hidden)
    except StripeError:
        return dict(hidden)


def check_key(request: Request) -> None:
    key = key_of(request)
    if not key:
        raise unauthorized(
            "You did not provide an API key: send it as a Bearer token or as the Basic user name."
        )
    if key.startswith(("sk_live_", "rk_live_")):
        raise unauthorized(
            "A live key was sent to the sandbox. It takes test keys only; check STRIPE_API_HOST."
        )
    if not key.startswith(("sk_test_", "rk_test_")):
        raise unauthorized(
            "Invalid API Key provided: the sandbox takes keys that begin with sk_test_ or rk_test_."
        )


def key_of(request: Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except ValueError:
            return ""
    return ""


def fault_drops(fault: dict[str, Any] | None) -> bool:
    return bool(fault and fault["drop_response"])


def drop(request: Request) -> None:
    """The work is done; the answer is lost on the way."""
    hang_up = request.environ.get("stripe_sandbox.hang_up")
    if hang_up is not None:
        hang_up()
