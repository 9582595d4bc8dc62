"""The control API: what tests and scripts do to the world. JSON in, JSON out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from stripe_sandbox import patching
from stripe_sandbox.billing import disputes
from stripe_sandbox.billing.lifecycle import advance
from stripe_sandbox.errors import InvalidRequest, StripeError
from stripe_sandbox.hosted import checkout_flow
from stripe_sandbox.hosted.pages import guard
from stripe_sandbox.rendering import copy
from stripe_sandbox.seed import SEEDS

if TYPE_CHECKING:
    from stripe_sandbox.world import World

View = Callable[..., dict[str, Any]]


def reset(world: World, data: dict[str, Any]) -> dict[str, Any]:
    name = data.get("seed", "empty")
    if name not in SEEDS:
        raise InvalidRequest(f"Unknown seed: {name}. Known: {', '.join(SEEDS)}", param="seed")
    world.reset(name, keep_endpoints=bool(data.get("keep_endpoints")))
    with world:
        made = {
            kind: [obj["id"] for obj in world.all(kind)]
            for kind in ("account", "product", "price", "webhook_endpoint")
        }
    return {"seed": name, **made, "time": world.wall_clock()}


def requests(world: World, data: dict[str, Any]) -> dict[str, Any]:
    entries = world.requests.since(int(data.get("since", 0)))
    return {"requests": entries, "last": world.requests.count}


def clock(world: World, data: dict[str, Any]) -> dict[str, Any]:
    with world:
        before = world.wall_clock()
        seen = len(world.all("event"))
    if "advance" in data:
        target = before + int(data["advance"])
    elif "set" in data:
        target = int(data["set"])
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


def make_event(world: World, data: dict[str, Any]) -> dict[str, Any]:
    with world:
        shown = event_object(world, data.get("object"), data.get("type", ""))
        payload: dict[str, Any] = {"object": patching.merged(shown, data.get("overrides") or {})}
        if "previous_attributes" in data:
            payload["previous_attributes"] = data["previous_attributes"]
        if not data.get("type"):
            raise InvalidRequest("An event needs a type.", param="type")
        created = data.get("created", world.wall_clock())
        event = world.add_event(data["type"], payload, created, bool(data.get("livemode")), everybody=True)
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
    mode = data.get("mode", world.courier.mode)
    if mode not in ("immediate", "hold"):
        raise InvalidRequest("mode is immediate or hold.", param="mode")
    with world:
        world.courier.mode = mode
        return {"mode": mode, "held": len(world.courier.held())}


def release(world: World, data: dict[str, Any]) -> dict[str, Any]:
    order = data.get("order", "fifo")
    if order not in ("fifo", "reverse", "shuffle"):
        raise InvalidRequest("order is fifo, reverse or shuffle.", param="order")
    with world:
        going = world.courier.release(
            order, data.get("seed"), int(data.get("duplicate") or 0), data.get("drop")
        )
        return {"released": copy(going)}


def deliveries(world: World, data: dict[str, Any]) -> dict[str, Any]:
    courier = world.courier
    with world:
        found = courier.since(int(data.get("since", 0)))
        waiting, held = courier.waiting_count(), len(courier.held())
    return {"deliveries": found, "last": courier.count, "waiting": waiting, "held": held}


def add_fault(world: World, data: dict[str, Any]) -> dict[str, Any]:
    return world.faults.add(data)


def list_faults(world: World, data: dict[str, Any]) -> dict[str, Any]:
    return {"faults": world.faults.rules}


def clear_faults(world: World, data: dict[str, Any]) -> dict[str, Any]:
    cleared = len(world.faults.rules)
    world.faults.clear()
    return {"cleared": cleared}


def settings(world: World, data: dict[str, Any]) -> dict[str, Any]:
    """`after_retries`: what the account does when the last retry fails (cancel, unpaid, past_due)."""
    with world:
        if data.get("after_retries", "cancel") not in ("cancel", "unpaid", "past_due"):
            raise InvalidRequest("after_retries is cancel, unpaid or past_due.", param="after_retries")
        world.settings().update({k: v for k, v in data.items() if k == "after_retries"})
        return dict(world.settings())


def complete_checkout(world: World, data: dict[str, Any], cs_id: str) -> dict[str, Any]:
    given = {name: data[name] for name in checkout_flow.FIELDS if name in data}
    try:
        return checkout_flow.complete(world, cs_id, **given)
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
    "POST /_sandbox/checkout/<cs_id>/complete": complete_checkout,
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
    except (ValueError, TypeError) as error:
        status, body = 400, {"error": {"type": "invalid_request_error", "message": str(error)}}
    return Response(json.dumps(body), status, content_type="application/json")


def refuse_other_sites(request: Request) -> None:
    """A web page elsewhere must not be able to post to a developer's sandbox."""
    if not guard.allows(request):
        raise InvalidRequest("Calls from other sites are refused.", status=403)


def read(request: Request) -> dict[str, Any]:
    data = dict(request.args)
    if request.get_data():
        body = json.loads(request.get_data())
        if not isinstance(body, dict):
            raise ValueError("A JSON object is expected.")
        data |= body
    return data
