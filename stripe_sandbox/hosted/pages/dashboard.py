"""`/`: the sandbox's dashboard, and `/objects/...`: what the world holds, as JSON for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from stripe_sandbox.hosted.pages import ledger, relations
from stripe_sandbox.hosted.pages.kinds import KINDS
from stripe_sandbox.hosted.pages.rendering import render, see_other
from stripe_sandbox.hosted.pages.switches import AFTER_RETRIES, FAULTS, NOTICES, RATE_LIMIT

if TYPE_CHECKING:
    from stripe_sandbox.world import World

SHOWN = 50
AT_HOME = 20


def show(world: World, request: Request) -> Response:
    with world:
        return render(
            "dashboard.html",
            **_head(world, request),
            events=ledger.events(world, 1, AT_HOME),
            deliveries=ledger.deliveries(world, 1, 10),
            requests=ledger.requests(world, 1, 10),
            switches=FAULTS,
            faults=world.faults.rules,
            mode=world.courier.mode,
            held=len(world.courier.held()),
            endpoints=world.all("webhook_endpoint"),
            settings=world.settings(),
            after_retries=AFTER_RETRIES,
            rate_limit=RATE_LIMIT,
        )


def list_events(world: World, request: Request) -> Response:
    type = request.args.get("type", "")
    with world:
        found = ledger.events(world, _number(request), SHOWN, type)
        return render("events.html", **_head(world, request, "event"), events=found, type=type)


def list_requests(world: World, request: Request) -> Response:
    failed = request.args.get("failed") == "yes"
    with world:
        found = ledger.requests(world, _number(request), SHOWN, failed)
        return render("requests.html", **_head(world, request), requests=found, failed=failed)


def list_deliveries(world: World, request: Request) -> Response:
    with world:
        found = ledger.deliveries(world, _number(request), SHOWN)
        return render("deliveries.html", **_head(world, request), deliveries=found)


def list_objects(world: World, request: Request) -> Response:
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        raise NotFound("No such kind of object.")
    with world:
        found = ledger.objects(world, kind, _number(request), SHOWN)
        return render("objects.html", **_head(world, request, kind), title=KINDS[kind], found=found)


def show_object(world: World, request: Request, object_id: str) -> Response:
    with world:
        obj = world.get(object_id)
        if obj is None or obj["object"] not in KINDS:
            raise NotFound("No such object.")
        events = [event for event in world.all("event") if event["data"]["object"].get("id") == object_id]
        return render(
            "object.html",
            **_head(world, request, obj["object"]),
            obj=world.render(obj),
            kind_name=KINDS[obj["object"]],
            row=relations.row(obj),
            about=[ledger.shown_event(event, []) for event in events[::-1][:SHOWN]],
            names=relations.names(world, obj),
            named_by=relations.named_by(world, object_id),
            secret=obj.get("secret") if obj["object"] == "webhook_endpoint" else None,
            event=ledger.shown_event(obj, ledger.deliveries_of(world, obj))
            if obj["object"] == "event"
            else None,
        )


def search(world: World, request: Request) -> Response:
    """An id leads to its object at once; the rest is listed."""
    text = request.args.get("q", "").strip()[:200]
    with world:
        obj = world.get(text)
        if obj is not None and obj["object"] in KINDS:
            return see_other(f"/objects/{obj['id']}")
        found = ledger.search(world, text)
        return render("search.html", **(_head(world, request) | {"query": text}), found=found)


def _number(request: Request) -> int:
    return request.args.get("page", 1, int)


def _head(world: World, request: Request, kind: str = "") -> dict[str, Any]:
    """What stands above and beside each page of the dashboard."""
    return {
        "now": world.now(),
        "kinds": ledger.counts(world),
        "notice": NOTICES.get(request.args.get("done", ""), ""),
        "kind": kind,
        "query": "",
        "path": request.path,
    }
