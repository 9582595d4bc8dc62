"""The events that are about one customer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

REACH = 1000
"""How many of the account's newest events are looked through at most."""
LINKS = ("customer", "charge", "payment_intent", "invoice", "subscription", "setup_intent")


def history_of(api: Any, customer: str) -> list[dict[str, Any]]:
    """Oldest first. What names no customer (a dispute, a payment of an invoice) is found by what it names."""
    own = {customer}
    return [event for event in reversed(list(_since_created(api, customer))) if _is_about(event, own)]


def _since_created(api: Any, customer: str) -> Iterator[dict[str, Any]]:
    """Everybody's events, newest first, down to the one that made this customer."""
    for event in islice(api.events.list({"limit": 100}).auto_paging_iter(), REACH):
        yield event.to_dict(for_json=True)
        if event.type == "customer.created" and event.data.object.id == customer:
            return


def _is_about(event: dict[str, Any], own: set[str]) -> bool:
    about = event["data"]["object"]
    links = {about.get("id"), *(about.get(name) for name in LINKS)}
    if not own & {link for link in links if isinstance(link, str)}:
        return False
    if about.get("id"):
        own.add(about["id"])
    return True
