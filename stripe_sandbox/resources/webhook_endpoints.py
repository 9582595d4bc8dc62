"""Webhook endpoints. The secret is answered once, at creation; `webhook_secrets` rolls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.api.words import WORDS
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.ids import secret

if TYPE_CHECKING:
    from stripe_sandbox.world import World

FIELDS = ("description", "enabled_events", "url")
MOST = 16
EVENT_TYPES = {"*", *WORDS["event_types"]}
VERSIONS = set(WORDS["api_versions"])


def check_url(url: str | None) -> None:
    """Plain http is fine here: the receiver stands on the same machine."""
    try:
        parts = urlsplit(url or "http://nowhere")
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        message = "Invalid URL: a webhook endpoint needs http:// or https://."
        raise InvalidRequest(message, code="url_invalid", param="url")


def check_events(events: list[str] | None) -> None:
    for position, type in enumerate(events or []):
        if type not in EVENT_TYPES:
            raise InvalidRequest(f"Unknown event type: {type}", param=f"enabled_events[{position}]")
    if events == []:
        raise InvalidRequest("An endpoint listens to at least one event.", param="enabled_events")


def new_endpoint(world: World, params: dict[str, Any]) -> dict[str, Any]:
    endpoint = {
        "id": world.new_id("webhook_endpoint"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": world.now(),
        "description": params.get("description") or None,
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": {},
        "secret": secret("whsec_"),
        "status": "enabled",
        "url": params["url"],
    }
    set_metadata(endpoint, params.get("metadata"))
    return world.add(endpoint)


@route("POST /v1/webhook_endpoints")
def create(call: Call) -> dict[str, Any]:
    check_url(call.params["url"])
    check_events(call.params["enabled_events"])
    if call.get("connect"):
        raise InvalidRequest("There are no connected accounts in the sandbox.", param="connect")
    if call.get("api_version") not in {None, *VERSIONS}:
        raise InvalidRequest(f"Unknown API version: {call.params['api_version']}", param="api_version")
    if len(call.world.all("webhook_endpoint")) >= MOST:
        raise InvalidRequest(f"An account has at most {MOST} webhook endpoints.")
    endpoint = new_endpoint(call.world, call.params)
    return {"_finished": {**call.world.render(endpoint), "secret": endpoint["secret"]}}


@route("GET /v1/webhook_endpoints/{webhook_endpoint}")
def retrieve(call: Call, webhook_endpoint: str) -> dict[str, Any]:
    return call.world.find("webhook_endpoint", webhook_endpoint)


@route("POST /v1/webhook_endpoints/{webhook_endpoint}")
def update(call: Call, webhook_endpoint: str) -> dict[str, Any]:
    endpoint = call.world.find("webhook_endpoint", webhook_endpoint)
    check_url(call.get("url"))
    check_events(call.get("enabled_events"))
    call.world.touch(endpoint)
    assign(endpoint, call.params, *FIELDS)
    set_metadata(endpoint, call.get("metadata"))
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    return endpoint


@route("DELETE /v1/webhook_endpoints/{webhook_endpoint}")
def delete(call: Call, webhook_endpoint: str) -> dict[str, Any]:
    call.world.remove(call.world.find("webhook_endpoint", webhook_endpoint))
    return {"id": webhook_endpoint, "object": "webhook_endpoint", "_deleted": True}


@route("GET /v1/webhook_endpoints")
def list_endpoints(call: Call) -> dict[str, Any]:
    return call.page(call.world.all("webhook_endpoint"))
