"""Stripe's bad days: answers that fail, hang, or get lost after the work was done."""

from __future__ import annotations

import threading
from fnmatch import fnmatchcase
from typing import Any

from stripe_sandbox.ids import letters


class Faults:
    def __init__(self) -> None:
        self.rules: list[dict[str, Any]] = []
        self.lock = threading.Lock()

    def add(self, rule: dict[str, Any]) -> dict[str, Any]:
        """`times` missing means once, null means until cleared.

        `remembered`: the failure came after the work had begun, so the idempotency key gives it again for a
        day: https://docs.stripe.com/api/idempotent_requests
        """
        kept = {
            "id": "fault_" + letters(8),
            "match": rule.get("match") or {},
            "times": rule.get("times", 1),
            "status": rule.get("status"),
            "error": rule.get("error"),
            "retry_after": rule.get("retry_after"),
            "delay": rule.get("delay"),
            "drop_response": bool(rule.get("drop_response")),
            "remembered": bool(rule.get("remembered")),
        }
        with self.lock:
            self.rules.append(kept)
        return dict(kept)

    def clear(self) -> None:
        with self.lock:
            self.rules = []

    def may_delay(self) -> bool:
        """Whether a call may have to wait, so that its caller may give up first."""
        return any(rule["delay"] for rule in self.rules)

    def take(self, method: str, path: str) -> dict[str, Any] | None:
        """The first rule that matches this call, used up by one."""
        with self.lock:
            rule = next((rule for rule in self.rules if matches(rule["match"], method, path)), None)
            if rule is not None and rule["times"] is not None:
                rule["times"] -= 1
                self.rules = [other for other in self.rules if other is not rule or rule["times"] > 0]
            return rule


def matches(match: dict[str, Any], method: str, path: str) -> bool:
    methods = str(match.get("method") or "*").upper()
    return fnmatchcase(method, methods) and fnmatchcase(path, match.get("path") or "*")


STATUS_OF_TYPE = {"card_error": 402, "invalid_request_error": 400, "idempotency_error": 400}


def answers(rule: dict[str, Any]) -> bool:
    """Whether the rule answers in Stripe's place; a delay or a lost answer alone lets the work be done."""
    told = rule["status"] or rule["error"] or rule["retry_after"] is not None
    return bool(told) and not rule["drop_response"]


def status_of(rule: dict[str, Any]) -> int:
    if rule["status"]:
        return int(rule["status"])
    if rule["retry_after"] is not None:
        return 429
    return STATUS_OF_TYPE.get((rule["error"] or {}).get("type", ""), 500)


def envelope(rule: dict[str, Any]) -> dict[str, Any]:
    """The body of an injected failure; its type follows the status unless the rule says otherwise."""
    status = status_of(rule)
    kind = "api_error" if status >= 500 else "card_error" if status == 402 else "invalid_request_error"
    error = {"type": kind, "message": "Injected by the sandbox."}
    if status == 429:
        error["code"] = "rate_limit"
    return {"error": error | (rule["error"] or {})}
