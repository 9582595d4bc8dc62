"""What metadata may hold: 50 keys of 40 characters, with values of 500."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.errors import InvalidRequest

MOST = 50
LONGEST_KEY = 40
LONGEST_VALUE = 500


def check(given: dict[str, Any], param: str) -> None:
    """Keys and values as a request has them; an empty value takes a key away."""
    for key, value in given.items():
        if len(key) > LONGEST_KEY:
            message = f"Metadata keys have up to {LONGEST_KEY} characters; this one has {len(key)}."
            raise InvalidRequest(message, param=param)
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            message = f"Metadata values have up to {LONGEST_VALUE} characters; this one has {len(value)}."
            raise InvalidRequest(message, param=param)
    check_number({key: value for key, value in given.items() if value != ""}, param)


def check_number(found: dict[str, Any], param: str = "metadata") -> None:
    if len(found) > MOST:
        message = f"An object has up to {MOST} metadata keys; this one would have {len(found)}."
        raise InvalidRequest(message, param=param)
