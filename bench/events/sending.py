"""Posting signed events over a few connections that are kept, each event with an id of its own."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from bench.http.asking import Asked, keep_asking
from stripe_sandbox.delivery import signature

_numbers = itertools.count(1)


def events(templates: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """As many of them, one template after the other."""
    chosen = itertools.islice(itertools.cycle(templates), count)
    return [{**template, "id": f"evt_bench{next(_numbers)}x{time.time_ns()}"} for template in chosen]


def requests(
    path: str, templates: list[dict[str, Any]], secret: str, *, of_strangers: bool
) -> Iterator[bytes]:
    """Without end, signed when they are asked for. `of_strangers`: each of another customer."""
    name = _of_strangers if of_strangers else _named
    bodies = [json.dumps(name(template)).encode() for template in templates]
    for number, body in enumerate(itertools.cycle(bodies)):
        yield _request(path, body.replace(b"THIS_ONE", f"{number}x{time.time_ns()}".encode()), secret)


def _named(event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "id": "evt_THIS_ONE"}


def _of_strangers(event: dict[str, Any]) -> dict[str, Any]:
    about = {**event["data"]["object"], "customer": "cus_THIS_ONE"}
    return {**_named(event), "data": {**event["data"], "object": about}}


def _request(path: str, body: bytes, secret: str) -> bytes:
    stamp = signature(secret, body, int(time.time()))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 198.51.100.7\r\n"
        "X-Forwarded-Proto: https\r\nUser-Agent: Stripe/1.0\r\nContent-Type: application/json\r\n"
        f"Stripe-Signature: {stamp}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send(port: int, wanted: Iterator[bytes], *, during: float, senders: int) -> Asked:
    lock = threading.Lock()

    def following() -> bytes:
        with lock:
            return next(wanted)

    return keep_asking(port, following, during=during, connections=senders)
