"""Writes down what the API is asked and what it answers, for `make contract`.

Switched on by STRIPE_SANDBOX_RECORD=<folder>. Every call and every event is counted; of those that look alike
(other ids, other amounts, the same words) one is kept. STRIPE_SANDBOX_RECORD_ORIGIN says who asks: `product`
unless it says otherwise. What a tester set by hand is left out: objects with the note `_by_hand`, which
PATCH /_sandbox/objects and POST /_sandbox/events leave.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripe_sandbox.shapes import shape, shape_of_pairs

if TYPE_CHECKING:
    from stripe_sandbox.api.server import Arrival
    from stripe_sandbox.world import World

PRODUCT, SANDBOX = "product", "sandbox"
ORIGIN = "STRIPE_SANDBOX_RECORD_ORIGIN"
COUNTS_WIDTH = 2000
Call = dict[str, Any]
"""`method`, `path`, `status` and what the caller asked to `expand`."""


class Recorder:
    """One file of distinct sightings a process, one of counts beside it; both survive a kill."""

    def __init__(self, folder: str | Path, origin: str = PRODUCT) -> None:
        self.folder = Path(folder)
        self.origin = origin
        self.counts: Counter[str] = Counter()
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._pid = 0

    def asked(self, method: str, path: str, pairs: list[tuple[str, str]], version: str | None) -> None:
        """A request as it arrived, whatever becomes of it."""
        look = f"{self.origin} {method} {shape(path)} {version} {shape_of_pairs(pairs)}"
        self._note("request", look, {"method": method, "path": path, "pairs": pairs, "version": version})

    def answered(self, world: World, call: Call, body: dict[str, Any], unreal: bool = False) -> None:
        """An answer on its way out. One that is not the sandbox's own is counted and left out."""
        where, status = look_of(call), call["status"]
        if unreal:
            self._note("injected", "", {})
        elif status >= 400:
            self._note("error", f"{where} {status} {shape(body)}", {**call, "body": body})
        elif isinstance(body.get("data"), list):
            self._list(where, call, body, [is_by_hand(world, item) for item in body["data"]])
        else:
            kind = "by hand" if is_by_hand(world, body) else "object"
            self._note(kind, f"{where} {shape(body)}", {**call, "body": body})

    def event(self, world: World, event: dict[str, Any]) -> None:
        shown = world.render(event)
        kind = "by hand" if is_by_hand(world, shown) else "event"
        self._note(kind, shape(shown), {"body": shown})

    def kept(self, world: World, obj: dict[str, Any]) -> None:
        """An object as it stood when its world ended, whether or not anybody asked for it."""
        shown = world.render(obj)
        kind = "by hand" if is_by_hand(world, shown) else "kept"
        self._note(kind, shape(shown), {"body": shown})

    def _list(self, where: str, call: Call, body: dict[str, Any], by_hand: list[bool]) -> None:
        """A list and what is in it: only what was not seen in such a list before is kept."""
        own = [item for item, by in zip(body["data"], by_hand, strict=True) if not by]
        looks = [f"{where} [] {shape(item)}" for item in own]
        frame = {**body, "data": []}
        look = f"{where} {shape(frame)}"
        with self._lock:
            self._count("by hand", sum(by_hand))
            self._count("object", len(own))
            self._count("list", 1)
            fresh = [item for item, seen in zip(own, looks, strict=True) if self._is_new("object", seen)]
            if self._is_new("list", look) or fresh:
                self._write("list", {**call, "body": {**frame, "data": fresh}})
            self._save_counts()

    def _note(self, kind: str, look: str, found: dict[str, Any]) -> None:
        with self._lock:
            self._count(kind, 1)
            if self._is_new(kind, look):
                self._write(kind, found)
            self._save_counts()

    def _count(self, kind: str, more: int) -> None:
        self._open_here()
        self.counts[f"{kind} {self.origin}"] += more

    def _is_new(self, kind: str, look: str) -> bool:
        known = f"{kind} {look}"
        new = known not in self._seen
        self._seen.add(known)
        return new

    def _write(self, kind: str, found: dict[str, Any]) -> None:
        line = json.dumps({"kind": kind, "origin": self.origin, **found}) + "\n"
        os.write(self._sightings, line.encode())

    def _save_counts(self) -> None:
        os.pwrite(self._counts, json.dumps(self.counts).ljust(COUNTS_WIDTH).encode(), 0)

    def _open_here(self) -> None:
        """A forked child begins files of its own."""
        if self._pid == os.getpid():
            return
        self._pid = os.getpid()
        self._seen, self.counts = set(), Counter()
        self.folder.mkdir(parents=True, exist_ok=True)
        name = self.folder / f"{self._pid}-{uuid.uuid4().hex[:8]}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._sightings = os.open(name.with_suffix(".jsonl"), flags, 0o644)
        self._counts = os.open(name.with_suffix(".counts"), os.O_WRONLY | os.O_CREAT, 0o644)


def look_of(call: Call) -> str:
    return f"{call['method']} {shape(call['path'])} {sorted(call['expand'])}"


def is_by_hand(world: World, node: Any) -> bool:
    """Whether a tester set any object in this answer (PATCH /_sandbox/objects, POST /_sandbox/events)."""
    if isinstance(node, list):
        return any(is_by_hand(world, item) for item in node)
    if not isinstance(node, dict):
        return False
    known = world.get(node["id"]) if isinstance(node.get("id"), str) else None
    if known is not None and known.get("_by_hand"):
        return True
    return any(is_by_hand(world, value) for value in node.values() if isinstance(value, dict | list))


def note(world: World, arrival: Arrival, status: int, body: dict[str, Any]) -> None:
    """One call, when it is answered."""
    if RECORDER is None:
        return
    request = arrival.request
    method = "GET" if request.method == "HEAD" else request.method  # which a client sees no body of
    RECORDER.asked(method, request.path, arrival.pairs, request.headers.get("Stripe-Version"))
    # what a fault dictates is not Stripe's word, nor what comes from a world that was reset meanwhile
    unreal = arrival.injected or arrival.resets != world.resets
    expand = [value for name, value in arrival.pairs if name.startswith("expand[")]
    call = {"method": method, "path": request.path, "status": status, "expand": expand}
    RECORDER.answered(world, call, body, unreal)


def note_event(world: World, event: dict[str, Any]) -> None:
    if RECORDER is not None:
        RECORDER.event(world, event)


def note_end(world: World, objects: list[dict[str, Any]]) -> None:
    """Events are seen as they come; what is the sandbox's own is no object of Stripe's."""
    if RECORDER is None:
        return
    for obj in objects:
        if obj["object"] != "event" and not obj["object"].startswith("sandbox."):
            RECORDER.kept(world, obj)


def asks(origin: str) -> None:
    """From now on this one asks, here and in servers that are started from here."""
    if RECORDER is not None:
        RECORDER.origin = os.environ[ORIGIN] = origin


def from_environment() -> Recorder | None:
    folder = os.environ.get("STRIPE_SANDBOX_RECORD")
    return Recorder(folder, os.environ.get(ORIGIN) or PRODUCT) if folder else None


RECORDER = from_environment()
