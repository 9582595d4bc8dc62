"""`/`: the sandbox's dashboard, and `/objects/...`: what the world holds, as JSON for people."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from stripe_sandbox.hosted.pages import ledger
from stripe_sandbox.hosted.pages.rendering import render
from stripe_sandbox.hosted.pages.switches import FAULTS, NOTICES
from stripe_sandbox.world import World

SHOWN = 30


def show(world: World, request: Request) -> Response:
    limit = min(max(request.args.get("events", SHOWN, int), 1), 500)
    with world:
        return render(
            "dashboard.html",
            **_head(world, request),
            events=ledger.events(world, limit),
            more=limit * 2 if len(world.all("event")) > limit else None,
            deliveries=ledger.deliveries(world, SHOWN),
            requests=ledger.requests(world, SHOWN),
            switches=FAULTS,
            faults=world.faults.rules,
            mode=world.courier.mode,
            held=len(world.courier.held()),
        )


def list_objects(world: World, request: Request) -> Response:
    kind = request.args.get("kind", "")
    if kind not in ledger.KINDS:
        raise NotFound("No such kind of object.")
    with world:
        rows = ledger.objects(world, kind, 200)
        return render("objects.html", **_head(world, request, kind), title=ledger.KINDS[kind], rows=rows)


def show_object(world: World, request: Request, object_id: str) -> Response:
    with world:
        obj = world.get(object_id)
        if obj is None or obj["object"] == ledger.DELIVERY:
            raise NotFound("No such object.")
        about = [event for event in world.all("event") if event["data"]["object"].get("id") == object_id]
        return render(
            "object.html",
            **_head(world, request, obj["object"]),
            obj=world.render(obj),
            about=about[::-1][:50],
        )


def _head(world: World, request: Request, kind: str = "") -> dict[str, Any]:
    """What stands above and beside each page of the dashboard."""
    notice = NOTICES.get(request.args.get("done", ""), "")
    return {"now": world.now(), "kinds": ledger.counts(world), "notice": notice, "kind": kind}
