"""The control API: what tests and scripts do to the world. JSON in, JSON out."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from stripe_sandbox import patching, webhook_secrets
from stripe_sandbox.billing.lifecycle import advance
from stripe_sandbox.billing.payments import disputes
from stripe_sandbox.control_values import choice, given, number, only, read, since, texts
from stripe_sandbox.errors import InvalidRequest, StripeError
from stripe_sandbox.hosted import checkout_flow
from stripe_sandbox.hosted.pages import guard
from stripe_sandbox.rendering import copy
from stripe_sandbox.seed import SEEDS

if TYPE_CHECKING:
    from stripe_sandbox.world import World

LATEST = 4102444800
"""The year 2100: a clock beyond it would run a small business through thousands of years."""
AFTER_RETRIES = ("cancel", "unpaid", "past_due")
View = Callable[..., dict[str, Any]]


def reset(world: World, data: dict[str, Any]) -> dict[str, Any]:
    only(data, "seed", "keep_endpoints")
    name = choice(data, "seed", SEEDS, "empty")
    world.reset(name, keep_endpoints=given(data, "keep_endpoints", "true or false", False))
    with world:
        made = {
            kind: [obj["id"] for obj in world.all(kind)]
            for kind in ("account", "product", "price", "webhook_endpoint")
        }
    return {"seed": name, **made, "time": world.wall_clock()}


def requests(world: World, data: dict[str, Any]) -> dict[str, Any]:
    entries = world.requests.since(since(data))
    return {"requests": entries, "last": world.requests.count}


def clock(world: World, data: dict[str, Any]) -> dict[str, Any]:
    only(data, "advance", "set")
    with world:
        before = world.wall_clock()
        seen = len(world.all("event"))
    if data.get("advance") is not None:
        target = before + number(data, "advance", 0, LATEST - before, "a whole number")
    elif data.get("set") is not None:
        target = number(data, "set", before, LATEST, "a whole number")
    else:
        return {"time": before, "offset": world.offset}
    ran = advance(world, target)
    with world:
        new = world.all("event")[seen:]
    made = [{"id": e["id"], "type": e["type"], "created": e["created"]} for e in new]
    return {"time": world.wall_clock(), "was": before, "offset": world.offset, "ran": ran, "events": made}


def patch_object(world: World, data: dict[str, Any], object_id: str) -> dict[str, Any]:
    with world:
        return patching.patch(world, object_id, data)


def show_object(world: World, data: dict[str, Any], object_id: str) -> dict[str, Any]:
    with world:
        return world.render(patching.locate(world, object_id))


EVENT = ("type", "object", "overrides", "created", "livemode", "previous_attributes")


def make_event(world: World, data: dict[str, Any]) -> dict[str, Any]:
    only(data, *EVENT)
    type = given(data, "type", "a text")
    if not type:
        raise InvalidRequest("An event needs a type.", param="type")
    with world:
        shown = event_object(world, data.get("object"), type)
        overrides = given(data, "overrides", "an object", {})
        payload: dict[str, Any] = {"object": patching.merged(shown, overrides)}
        if "previous_attributes" in data:
            payload["previous_attributes"] = given(data, "previous_attributes", "an object")
        created = number(data, "created", 0, LATEST, "a whole number", world.wall_clock())
        livemode = given(data, "livemode", "true or false", False)
        event = world.add_event(type, payload, created, livemode, everybody=True)
        return shown_event(world, event)


KIND_OF_TYPE = {
    "charge.dispute": "dispute",
    "charge.refund": "refund",
    "customer.subscription": "subscription",
    "customer.discount": "discount",
    "customer.tax_id": "tax_id",
}


def event_object(world: World, named: Any, type: str) -> dict[str, Any]:
    """The object as it stands; one the world does not know (somebody else's) begins with its id alone."""
    if isinstance(named, dict):
        return copy(named)
    if named is not None and not isinstance(named, str):
        raise InvalidRequest("object is an id or a whole object.", param="object")
    prefix = type.rpartition(".")[0]
    kind = KIND_OF_TYPE.get(prefix, prefix)
    found = patching.find(world, named) if named else None
    if found is not None and kind == "dispute" and found["object"] == "charge":
        found = disputes.about_charge(world, found)
    if found is not None:
        return world.render(found)
    return {"id": named, "object": kind} if named else {}


def shown_event(world: World, event: dict[str, Any]) -> dict[str, Any]:
    deliveries = world.where("sandbox.delivery", event=event["id"])
    return {**world.render(event), "deliveries": [copy(delivery) for delivery in deliveries]}


def resend(world: World, data: dict[str, Any], event_id: str) -> dict[str, Any]:
    with world:
        event = world.find("event", event_id)
        return {"event": event_id, "deliveries": copy(world.courier.resend(event))}


def delivery_mode(world: World, data: dict[str, Any]) -> dict[str, Any]:
    only(data, "mode")
    mode = choice(data, "mode", ("immediate", "hold"), world.courier.mode)
    with world:
        world.courier.mode = mode
        return {"mode": mode, "held": len(world.courier.held())}


def release(world: World, data: dict[str, Any]) -> dict[str, Any]:
    only(data, "order", "seed", "duplicate", "drop")
    order = choice(data, "order", ("fifo", "reverse", "shuffle"), "fifo")
    seed = number(data, "seed", -(2**63), 2**63, "a whole number")
    duplicate = number(data, "duplicate", 0, 1000, "a whole number", 0)
    drop = texts(data, "drop")
    with world:
        return {"released": copy(world.courier.release(order, seed, duplicate, drop))}


def deliveries(world: World, data: dict[str, Any]) -> dict[str, Any]:
    courier = world.courier
    with world:
        found = courier.since(since(data))
        waiting, held = courier.waiting_count(), len(courier.held())
    return {"deliveries": found, "last": courier.count, "waiting": waiting, "held": held}


def add_fault(world: World, data: dict[str, Any]) -> dict[str, Any]:
    only(data, "match", "times", "status", "error", "retry_after", "delay", "drop_response", "remembered")
    match = given(data, "match", "an object", {})
    only(match, "method", "path")
    for name in match:
        given(match, name, "a text")
    number(data, "times", 1, 1_000_000, "a whole number")
    number(data, "status", 200, 599, "a whole number")
    number(data, "retry_after", 0, 86400)
    number(data, "delay", 0, 3600)
    given(data, "error", "an object")
    given(data, "drop_response", "true or false")
    given(data, "remembered", "true or false")
    return world.faults.add(data)


def list_faults(world: World, data: dict[str, Any]) -> dict[str, Any]:
    return {"faults": world.faults.rules}


def clear_faults(world: World, data: dict[str, Any]) -> dict[str, Any]:
    cleared = len(world.faults.rules)
    world.faults.clear()
    return {"cleared": cleared}


def settings(world: World, data: dict[str, Any]) -> dict[str, Any]:
    """`after_retries`: what the account does when the last retry fails (cancel, unpaid, past_due).

    `rate_limit`: calls a second that each API key has; 0 or null switches it off.
    """
    only(data, "after_retries", "rate_limit")
    with world:
        settings = {"rate_limit": None} | world.settings()
        after = choice(data, "after_retries", AFTER_RETRIES, settings["after_retries"])
        if "rate_limit" in data:
            settings["rate_limit"] = number(data, "rate_limit", 0, 1_000_000) or None
            world.rate_limit.clear()
        settings["after_retries"] = after
        world.settings().update(settings)
        return settings


def complete_checkout(world: World, data: dict[str, Any], cs_id: str) -> dict[str, Any]:
    only(data, *checkout_flow.FIELDS)
    details = {name: data[name] for name in checkout_flow.FIELDS if name in data}
    try:
        return checkout_flow.complete(world, cs_id, **details)
    except checkout_flow.CardDeclined as error:
        declined = StripeError(
            error.message,
            status=402,
            type="card_error",
            code="card_declined",
            decline_code=error.decline_code,
        )
        raise declined from None
    except checkout_flow.AuthenticationRequired:
        message = "This card asks for authentication: send authenticated=true."
        raise StripeError(message, status=402, type="card_error", code="authentication_required") from None
    except checkout_flow.SessionUnavailable as error:
        raise StripeError(
            f"The session is {error.reason}.", status=404 if error.reason == "unknown" else 400
        ) from None


def roll_secret(world: World, data: dict[str, Any], endpoint_id: str) -> dict[str, Any]:
    """Stripe's dashboard does this; its API has no call for it. The old secret stays good meanwhile."""
    only(data, "expires_in")
    expires_in = number(
        data, "expires_in", 0, webhook_secrets.LONGEST, "a whole number", webhook_secrets.LONGEST
    )
    with world:
        endpoint = webhook_secrets.roll(world, world.find("webhook_endpoint", endpoint_id), expires_in)
        return {**world.render(endpoint), "secret": endpoint["secret"], "expires_in": expires_in}


VIEWS: dict[str, View] = {
    "POST /_sandbox/reset": reset,
    "GET /_sandbox/requests": requests,
    "POST /_sandbox/clock": clock,
    "GET /_sandbox/clock": clock,
    "PATCH /_sandbox/objects/<object_id>": patch_object,
    "GET /_sandbox/objects/<object_id>": show_object,
    "POST /_sandbox/events": make_event,
    "POST /_sandbox/events/<event_id>/resend": resend,
    "POST /_sandbox/delivery": delivery_mode,
    "POST /_sandbox/delivery/release": release,
    "GET /_sandbox/deliveries": deliveries,
    "POST /_sandbox/faults": add_fault,
    "GET /_sandbox/faults": list_faults,
    "DELETE /_sandbox/faults": clear_faults,
    "POST /_sandbox/settings": settings,
    "GET /_sandbox/settings": settings,
    "POST /_sandbox/checkout/<cs_id>/complete": complete_checkout,
    "POST /_sandbox/webhook_endpoints/<endpoint_id>/roll": roll_secret,
}
URLS = Map(
    [Rule(name.split(" ")[1], methods=[name.split(" ")[0]], endpoint=name) for name in VIEWS],
    strict_slashes=False,
)


def handle(world: World, request: Request) -> Response:
    try:
        refuse_other_sites(request)
        name, path_params = URLS.bind("").match(request.path, method=request.method)
        status, body = 200, VIEWS[name](world, read(request), **path_params)
    except StripeError as error:
        status, body = error.status, error.envelope()
    except HTTPException as error:
        status, body = (
            error.code or 404,
            {"error": {"type": "invalid_request_error", "message": error.description}},
        )
    except Exception as error:  # noqa: BLE001 - whatever went wrong is undone and said in JSON
        traceback.print_exc()
        status, body = failure(error)
    return Response(json.dumps(body), status, content_type="application/json")


def failure(error: Exception) -> tuple[int, dict[str, Any]]:
    """A value that fits nowhere is the caller's; a file that cannot be written is not."""
    misfit = isinstance(error, (ArithmeticError, AttributeError, LookupError, TypeError, ValueError))
    message = f"Nothing was done: {type(error).__name__}: {error}"
    kind = "invalid_request_error" if misfit else "api_error"
    return 400 if misfit else 500, {"error": {"type": kind, "message": message}}


def refuse_other_sites(request: Request) -> None:
    """A web page elsewhere must not be able to post to a developer's sandbox."""
    if not guard.allows(request):
        raise InvalidRequest("Calls from other sites are refused.", status=403)
