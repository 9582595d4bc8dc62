"""Stripe's bad days: answers that fail, hang, or get lost after the work was done."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from stripe_sandbox.ids import letters


class Faults:
    def __init__(self) -> None:
        self.rules: list[dict[str, Any]] = []

    def add(self, rule: dict[str, Any]) -> dict[str, Any]:
        """`times` missing means once, null means until cleared."""
        kept = {
            "id": "fault_" + letters(8),
            "match": rule.get("match") or {},
            "times": rule.get("times", 1),
            "status": rule.get("status"),
            "error": rule.get("error"),
            "retry_after": rule.get("retry_after"),
            "delay": rule.get("delay"),
            "drop_response": bool(rule.get("drop_response")),
        }
        self.rules.append(kept)
        return kept

    def clear(self) -> None:
        self.rules = []

    def take(self, method: str, path: str) -> dict[str, Any] | None:
        """The first rule that matches this call, used up by one."""
        for rule in self.rules:
            if matches(rule["match"], method, path):
                if rule["times"] is not None:
                    rule["times"] -= 1
                    self.rules = [
                        other for other in self.rules if other["times"] is None or other["times"] > 0
                    ]
                return rule
        return None


def matches(match: dict[str, Any], method: str, path: str) -> bool:
    methods = str(match.get("method") or "*").upper()
    return fnmatchcase(method, methods) and fnmatchcase(path, match.get("path") or "*")


def envelope(rule: dict[str, Any]) -> dict[str, Any]:
    """The body of an injected failure; its type follows the status unless the rule says otherwise."""
    status = rule["status"] or 500
    error = {
        "type": "api_error" if status >= 500 else "invalid_request_error",
        "message": "Injected by the sandbox.",
    }
    if status == 429:
        error["code"] = "rate_limit"
    return {"error": error | (rule["error"] or {})}
