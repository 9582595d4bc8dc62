"""What the dashboard lists: events with their deliveries, objects by kind, the log of requests.

Every function is called with the lock held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stripe_sandbox.hosted.pages.kinds import ALWAYS, KINDS
from stripe_sandbox.hosted.pages.relations import row, sentence

if TYPE_CHECKING:
    from stripe_sandbox.world import World

DELIVERY = "sandbox.delivery"


@dataclass(frozen=True)
class Sheet:
    """One page of a long list, newest first; `number` counts from 1."""

    rows: list[Any]
    number: int
    count: int
    size: int

    @property
    def last(self) -> int:
        return max(1, -(-self.count // self.size))


def sheet(oldest_first: list[Any], number: int, size: int) -> Sheet:
    last = max(1, -(-len(oldest_first) // size))
    number = min(max(number, 1), last)
    end = len(oldest_first) - (number - 1) * size
    return Sheet(oldest_first[max(0, end - size) : end][::-1], number, len(oldest_first), size)


def events(world: World, number: int, size: int, type: str = "") -> Sheet:
    """Events, each with its deliveries; `type` is a type or how it begins (`invoice.`)."""
    found = world.all("event")
    if type:
        found = [event for event in found if event["type"].startswith(type)]
    page = sheet(found, number, size)
    wanted: dict[str, list[dict[str, Any]]] = {event["id"]: [] for event in page.rows}
    for delivery in world.all(DELIVERY):
        if delivery["event"] in wanted:
            wanted[delivery["event"]].append(delivery)
    rows = [shown_event(event, wanted[event["id"]]) for event in page.rows]
    return Sheet(rows, page.number, page.count, size)


def deliveries_of(world: World, event: dict[str, Any]) -> list[dict[str, Any]]:
    return [delivery for delivery in world.all(DELIVERY) if delivery["event"] == event["id"]]


def shown_event(event: dict[str, Any], deliveries: list[dict[str, Any]]) -> dict[str, Any]:
    about = event["data"]["object"]
    return {
        "event": event,
        "about": about.get("id", ""),
        "words": sentence(about),
        "status": about.get("status") or "",
        "changes": changes(event),
        "deliveries": [delivery | {"tick": tick(delivery)} for delivery in deliveries],
    }


def changes(event: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """(path, before, after) of everything that an update changed."""
    before = event["data"].get("previous_attributes") or {}
    return list(differences(before, event["data"]["object"], ""))


def differences(before: dict[str, Any], after: dict[str, Any], path: str) -> list[tuple[str, Any, Any]]:
    found: list[tuple[str, Any, Any]] = []
    for key, old in before.items():
        new, name = after.get(key), f"{path}{key}"
        if isinstance(old, dict) and isinstance(new, dict):
            found += differences(old, new, f"{name}.")
        else:
            found.append((name, old, new))
    return found


def tick(delivery: dict[str, Any]) -> dict[str, str]:
    """How a delivery stands: a tone, a sign and words."""
    attempts = delivery["attempts"]
    status = attempts[-1]["status"] if attempts else None
    if delivery["state"] == "delivered":
        return {"tone": "good", "sign": "✓", "words": str(status)}
    if delivery["state"] == "failed" or attempts:
        again = ", will retry" if delivery["state"] == "waiting" else ""
        return {"tone": "bad", "sign": "✕", "words": f"{status or 'no answer'}{again}"}
    return {"tone": "warn" if delivery["state"] == "held" else "", "sign": "", "words": delivery["state"]}


def deliveries(world: World, number: int, size: int) -> Sheet:
    """Attempts to deliver."""
    return sheet(list(world.courier.log), number, size)


def requests(world: World, number: int, size: int, failed: bool = False) -> Sheet:
    found = list(world.requests.entries)
    if failed:
        found = [entry for entry in found if (entry["status"] or 0) >= 400]
    return sheet(found, number, size)


def counts(world: World) -> list[tuple[str, str, int]]:
    """Kind, its name and how many there are."""
    found = [(kind, name, len(world.all(kind))) for kind, name in KINDS.items()]
    return [entry for entry in found if entry[2] or entry[0] in ALWAYS]


def objects(world: World, kind: str, number: int, size: int) -> Sheet:
    page = sheet(world.all(kind), number, size)
    return Sheet([row(world.render(obj)) for obj in page.rows], page.number, page.count, size)


FIELDS = ("email", "name", "number", "code", "lookup_key", "url", "value", "client_reference_id")


def search(world: World, text: str, limit: int = 100) -> list[dict[str, Any]]:
    """Objects whose id begins so, or whose e-mail, name, number, code or lookup key has it in it."""
    wanted, found = text.strip().lower(), []
    for kind in KINDS:
        for obj in reversed(world.all(kind) if wanted else []):
            if matches(obj, wanted):
                found.append(row(obj) | {"kind": KINDS[kind]})
            if len(found) == limit:
                return found
    return found


def matches(obj: dict[str, Any], wanted: str) -> bool:
    if obj["id"].lower().startswith(wanted):
        return True
    return any(wanted in str(obj[name]).lower() for name in FIELDS if obj.get(name))
