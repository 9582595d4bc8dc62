"""The world: every object of one Stripe account, its clock, its lock and its events.

Objects are plain dicts in the shape Stripe answers them, references as ids. Keys that begin with `_` are the
sandbox's own notes and never leave it. Call `touch(obj)` before changing an object: by it the change is
saved, undone when the operation fails, and seen by the agenda.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

from stripe_sandbox import recording, seed
from stripe_sandbox.agenda import Agenda
from stripe_sandbox.api.arriving import VERSION
from stripe_sandbox.api.expand import expand
from stripe_sandbox.api.faults import Faults
from stripe_sandbox.api.rate_limit import RateLimit
from stripe_sandbox.api.request_log import RequestLog
from stripe_sandbox.billing.lifecycle import due_or_never
from stripe_sandbox.delivery import Courier
from stripe_sandbox.errors import MissingObject
from stripe_sandbox.ids import new_id
from stripe_sandbox.objects import Objects
from stripe_sandbox.rendering import copy, difference, label, render
from stripe_sandbox.store import Nowhere, collecting_no_garbage
from stripe_sandbox.world_words import CustomerWords

NO_REQUEST: dict[str, Any] = {"id": None, "idempotency_key": None}
HELD = ("_objects", "_agenda", "_before", "_facts", "_saved_facts", "stopped_at", "offset")


def owner_of(obj: dict[str, Any]) -> str | None:
    """Whose clock an object lives by."""
    owner = obj["id"] if obj["object"] == "customer" else obj.get("customer") or obj.get("_customer")
    return owner if isinstance(owner, str) else None


class World(CustomerWords):
    """`with world:` takes the lock and opens a change; leaving it saves what changed and posts its events."""

    _objects: Objects
    _agenda: Agenda
    _before: dict[str, dict[str, Any] | None]  # what this change has touched, as it was; None: made by it
    _facts: dict[str, Any]
    _saved_facts: dict[str, Any]
    offset: int
    stopped_at: int | None

    def __init__(self, store: Nowhere | None = None, public_url: str = "") -> None:
        self.store = store or Nowhere()
        self.public_url = public_url
        self.lock = threading.RLock()
        self.faults = Faults()
        self.requests = RequestLog()
        self.rate_limit = RateLimit()
        self.courier = Courier(self)
        self.base_url = public_url or "http://127.0.0.1:12111"
        self.request = NO_REQUEST
        self.resets = 0
        self._depth = 0
        self._discarding = False
        self._earlier: dict[str, Any] | None = None
        self._empty()
        self._load()

    def get(self, object_id: str) -> dict[str, Any] | None:
        """The stored object, or None."""
        return self._objects.by_id.get(object_id)

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every object of a kind (`customer`, `checkout.session`, ...), oldest first."""
        with self.lock:
            return self._objects.all(kind)

    def everything(self) -> list[dict[str, Any]]:
        with self.lock:
            return list(self._objects.by_id.values())

    def changed_by_hand(self) -> list[str]:
        """Ids that explain a failure which the sandbox's own rules could not have led to."""
        return [obj["id"] for obj in self.everything() if obj.get("_patched")]

    def where(self, kind: str, **values: Any) -> list[dict[str, Any]]:
        """Those with these values, oldest first, by an index; a name may be dotted (`parent.type`)."""
        with self.lock:
            return self._objects.where(kind, values)

    def holding(self, kind: str, path: str, part_id: str) -> dict[str, Any] | None:
        """The object whose embedded list (`items`, `lines`) holds this part, by an index."""
        with self.lock:
            return self._objects.holding(kind, path, part_id)

    def find(self, kind: str, object_id: str, param: str | None = None) -> dict[str, Any]:
        """The object, or Stripe's error: 404 for the path's own object, 400 when `param` names it."""
        obj = self.get(object_id)
        if obj is None or obj["object"] != kind:
            raise MissingObject(label(kind), object_id, param or "id", 400 if param else 404)
        return obj

    def find_any(self, object_id: str) -> dict[str, Any]:
        return self._objects.by_id[object_id]

    def add(self, obj: dict[str, Any]) -> dict[str, Any]:
        self._before.setdefault(obj["id"], None)
        self._objects.add(obj)
        return obj

    def touch(self, obj: dict[str, Any]) -> dict[str, Any]:
        if obj["id"] not in self._before:
            self._before[obj["id"]] = copy(obj)
        self._objects.loosen(obj)
        return obj

    def update(self, obj: dict[str, Any], **changes: Any) -> dict[str, Any]:
        self.touch(obj).update(changes)
        return obj

    def remove(self, obj: dict[str, Any]) -> None:
        self.touch(obj)
        self._objects.forget(obj["id"])

    def new_id(self, kind: str) -> str:
        return new_id(kind)

    def render(self, obj: dict[str, Any], paths: list[str] | None = None) -> dict[str, Any]:
        """The object as the API answers it."""
        with self.lock:
            shown = render(self, obj)
            return expand(self, shown, paths) if paths else shown

    def emit(self, type: str, obj: dict[str, Any], previous: dict[str, Any] | None = None) -> dict[str, Any]:
        data: dict[str, Any] = {"object": self.render(obj)}
        if previous is not None:
            data["previous_attributes"] = previous
        return self.add_event(type, data, self.now_for(obj))

    def add_event(
        self, type: str, data: dict[str, Any], created: int, livemode: bool = False, everybody: bool = False
    ) -> dict[str, Any]:
        event = {
            "id": new_id("event"),
            "object": "event",
            "api_version": VERSION,
            "created": created,
            "data": data,
            "livemode": livemode,
            "pending_webhooks": 0,
            "request": dict(self.request),
            "type": type,
        }
        if everybody:
            event["_by_hand"] = True
        self.add(event)
        self.courier.address(event, everybody)
        recording.note_event(self, event)
        return event

    @contextlib.contextmanager
    def changing(self, obj: dict[str, Any], type: str) -> Iterator[dict[str, Any]]:
        """Change an object and emit `type` with what it was before, if anything a client can see changed."""
        before = self.render(obj)
        yield self.touch(obj)
        previous = difference(before, self.render(obj))
        if previous:
            self.emit(type, obj, previous)

    def now(self, customer: str | None = None) -> int:
        """Sandbox time in unix seconds: the customer's test clock, or wall time plus the offset."""
        owner = self.get(customer) if customer else None
        clock = self.get(owner.get("test_clock") or "") if owner else None
        if clock:
            return int(clock["frozen_time"])
        return self.wall_clock()

    def now_for(self, obj: dict[str, Any]) -> int:
        return self.now(owner_of(obj))

    def wall_clock(self) -> int:
        return self.stopped_at if self.stopped_at is not None else int(time.time()) + self.offset

    def set_offset(self, offset: int) -> None:
        self.offset = offset
        self._facts["offset"] = offset

    def clock_of(self, obj: dict[str, Any]) -> str | None:
        owner = self.get(owner_of(obj) or "")
        return owner.get("test_clock") if owner else None

    def settings(self) -> dict[str, Any]:
        """What a Stripe account sets in its dashboard: `after_retries` is cancel, unpaid or past_due."""
        return self._facts.setdefault("settings", {"after_retries": "cancel"})

    def next_due(self, clock: str | None) -> tuple[int, str] | None:
        """When something next falls due on this clock, and what. Call with the lock held."""
        return self._agenda.first(clock, self._due)

    def _due(self, object_id: str) -> tuple[int | None, str | None]:
        obj = self.get(object_id)
        return (due_or_never(obj), self.clock_of(obj)) if obj else (None, None)

    def __enter__(self) -> World:
        self.lock.acquire()
        self._depth += 1
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        try:
            if self._depth == 1:
                keep = error is None or getattr(error, "keeps_changes", False)
                self._leave(keep and not self._discarding)
        finally:
            self._depth -= 1
            self.lock.release()

    def _leave(self, keep: bool) -> None:
        """What cannot be saved is undone, so that memory and file stay together."""
        self._discarding = False
        try:
            if keep:
                self._commit()
        except BaseException:
            keep = False
            raise
        finally:
            if not keep:
                self._undo()
            self._earlier = None
            self._objects.settle()

    def discard(self) -> None:
        """Undo the open change when it is left, although nothing failed (a preview)."""
        self._discarding = True

    @contextlib.contextmanager
    def imagined(self) -> Iterator[None]:
        """Change things, read what they became, and have it undone; what changed before stays."""
        with self:
            before, facts, fresh = self._before, copy(self._facts), self.courier.set_aside()
            self._before = {}
            try:
                yield
            finally:
                self._undo()
                self._before, self._facts = before, facts
                self.offset = facts.get("offset", 0)
                self.courier.set_aside(fresh)

    def note_changes(self) -> None:
        """Let the agenda know of what this change has moved so far."""
        for name in self._before:
            if obj := self.get(name):
                self._note(obj)

    def _commit(self) -> None:
        changed = [obj for name in self._before if (obj := self.get(name))]
        gone = [name for name in self._before if not self.get(name)]
        if changed or gone or self._earlier or self._facts != self._saved_facts:
            rows = [(self._objects.number_of[obj["id"]], obj) for obj in changed]
            self.store.write(rows, gone, self._facts, start_over=self._earlier is not None)
            self._saved_facts = copy(self._facts)
        for obj in changed:
            self._note(obj)
        self._before = {}
        self.courier.wake()

    def _undo(self) -> None:
        for name, before in self._before.items():
            self._restore(name, before)
        self._before = {}
        self._facts = copy(self._saved_facts)
        self.offset = self._facts.get("offset", 0)
        self.courier.forget_unsaved()
        if self._earlier:
            self.__dict__.update(self._earlier)
            self.courier.take_up()

    def _restore(self, name: str, before: dict[str, Any] | None) -> None:
        if before is None:
            self._objects.forget(name)
            return
        obj = self.get(name)
        if obj is None:
            self._objects.put_back(obj := before)
        else:
            obj.clear()
            obj.update(before)
        self._note(obj)

    def _note(self, obj: dict[str, Any]) -> None:
        due = due_or_never(obj)
        if due is not None:
            self._agenda.note(obj["id"], due, self.clock_of(obj), self._objects.number_of[obj["id"]])

    def contents(self) -> dict[str, Any]:
        """What a world is made of, by the names of its attributes."""
        return {name: value for name, value in self.__dict__.items() if name in HELD}

    def _empty(self) -> dict[str, Any]:
        """Hold nothing. Answers what was held."""
        earlier = self.contents()
        self._objects = Objects()
        self._agenda = Agenda()
        self._before = {}
        self._facts, self._saved_facts = {}, {}
        self.stopped_at = None
        self.offset = 0
        return earlier

    def _load(self) -> None:
        with collecting_no_garbage():
            rows, self._facts = self.store.load()
            for number, obj in rows:
                self._objects.load(number, obj)
            for _, obj in rows:
                self._note(obj)
        self._objects.settle()
        self._saved_facts = copy(self._facts)
        self.offset = self._facts.get("offset", 0)
        if not rows:
            with self:
                seed.plant(self, "empty")
        self.courier.take_up()

    def reset(self, name: str = "empty", keep_endpoints: bool = False) -> None:
        """Start over: `empty` is the account alone, `demo` adds the demo catalogue."""
        with self:
            recording.note_end(self, list(self._objects.by_id.values()))
            kept = [copy(endpoint) for endpoint in self.all("webhook_endpoint")] if keep_endpoints else []
            self.resets += 1
            self.courier.start_over()
            self.faults.clear()
            self.rate_limit.clear()
            self.requests.clear()
            self._earlier = self._empty()
            for endpoint in kept:
                self.add(endpoint)
            seed.plant(self, name)
