"""Events."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.errors import InvalidRequest

MOST_TYPES = 20


@route("GET /v1/events/{id}")
def retrieve(call: Call, id: str) -> dict[str, Any]:
    return call.world.find("event", id)


@route("GET /v1/events")
def list_events(call: Call) -> dict[str, Any]:
    if "types" in call.params and "type" in call.params:
        raise InvalidRequest("Give one of `type` and `types`.", param="types")
    if len(call.get("types") or []) > MOST_TYPES:
        raise InvalidRequest(f"At most {MOST_TYPES} types are listed at once.", param="types")
    found = call.world.all("event")
    wanted = call.get("types") or ([call.params["type"]] if "type" in call.params else None)
    if wanted:
        found = [event for event in found if any(fnmatchcase(event["type"], pattern) for pattern in wanted)]
    if "delivery_success" in call.params:
        found = [
            event for event in found if (event["pending_webhooks"] == 0) == call.params["delivery_success"]
        ]
    return call.page(found)
