"""The way to Stripe, on which one call, or all from one call on, goes wrong in a way of choice.

No time passes here: who waits in vain has the seconds taken from what its request may still wait.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import requests

from apps.subscriptions import gateway
from apps.subscriptions.tests.seat_world import MortalLine
from stripe_sandbox.transport import read_timeout

API = "apps.subscriptions.stripe_api."
Call = tuple[str, str]
"""Method and path."""


class Lasting(StrEnum):
    ONCE = "once"
    THIS_CALL = "each time this is asked"
    FROM_THEN_ON = "from then on"


@dataclass(frozen=True)
class Fault:
    """`rule` is one of the sandbox's; else the call never arrives, or its answer never does."""

    name: str
    rule: dict[str, Any] | None = None
    arrives: bool = True  # at Stripe, although nobody hears of it
    late: bool = False  # when whoever asked has given up
    waits: bool = False  # as long as it may

    @property
    def is_about_work(self) -> bool:
        """Of a call that only reads it is like another fault."""
        return self.late or (self.arrives and self.rule is None) or "remembered" in (self.rule or {})


FAULTS = [
    Fault("429 with Retry-After", {"status": 429, "retry_after": 2}),
    Fault("429 without Retry-After", {"status": 429}),
    Fault("500", {"status": 500}),
    Fault("500 that is given again", {"status": 500, "remembered": True}),
    Fault("503", {"status": 503}),
    Fault("connection refused", arrives=False),
    Fault("timed out", arrives=False, waits=True),
    Fault("answer lost, done"),
    Fault("timed out, done", waits=True),
    Fault("timed out, done later", late=True, waits=True),
]


@dataclass
class Trouble:
    position: int  # of the call in the flow, from 1
    fault: Fault
    lasting: Lasting
    struck: Call | None = None

    def __str__(self) -> str:
        return f"{self.fault.name} {self.lasting}"

    def strikes(self, position: int, call: Call) -> bool:
        if position == self.position:
            self.struck = call
            return True
        again = self.lasting == Lasting.FROM_THEN_ON or (
            self.lasting == Lasting.THIS_CALL and call == self.struck
        )
        return again and position > self.position


@dataclass
class Late:
    send: Callable[[], Any]
    call: Call


class FaultyLine(MortalLine):
    def __init__(self, app: Any, stripe: Any) -> None:
        super().__init__(app)
        self.stripe = stripe
        self.begin()

    def begin(self, trouble: Trouble | None = None) -> None:
        self.trouble = trouble
        self.calls: list[Call] = []
        self.asked_by: set[str] = set()
        self.late: list[Late] = []
        self.waited = 0.0  # seconds

    def is_well_again(self) -> None:
        """And what was still on its way arrives."""
        self.trouble = None
        for late in self.late:
            late.send()
        self.late = []

    def send(self, request: Any, *args: Any, **options: Any) -> Any:
        call = (request.method, urlsplit(request.url).path)
        self.calls.append(call)
        self.asked_by |= asking()
        if self.trouble is None or not self.trouble.strikes(len(self.calls), call):
            return super().send(request, *args, **options)
        return self._fail(self.trouble.fault, call, request, args, options)

    def _fail(self, fault: Fault, call: Call, request: Any, args: Any, options: Any) -> Any:
        go = lambda: super(FaultyLine, self).send(request, *args, **options)  # noqa: E731
        if fault.rule is not None:
            self.stripe.faults.add({"match": {"method": call[0], "path": call[1]}, **fault.rule})
            return go()
        if fault.late:
            self.late.append(Late(go, call))
        elif fault.arrives:
            go()
        if fault.waits:
            self._wait(read_timeout(options.get("timeout")) or 0)
            raise requests.exceptions.ReadTimeout("Read timed out.", request=request)
        raise requests.exceptions.ConnectionError("No answer.", request=request)

    def _wait(self, seconds: float) -> None:
        self.waited += seconds
        deadline = gateway._deadline.get()
        if deadline is not None:
            gateway._deadline.set(deadline - seconds)


def asking() -> set[str]:
    """The functions of `stripe_api` that ask at this moment: "customers.create"."""
    frame, found = sys._getframe(), set()
    while frame := frame.f_back:  # type: ignore[assignment]
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith(API) and name.isidentifier() and not name.startswith("_"):
            found.add(f"{module.removeprefix(API)}.{name}")
    return found


def pattern(call: Call) -> str:
    """Without ids: `POST /v1/subscriptions/{id}`."""
    method, path = call
    return f"{method} {re.sub(r'/[a-z]+_[A-Za-z0-9_]*[A-Z0-9][A-Za-z0-9_]*', '/{id}', path)}"
