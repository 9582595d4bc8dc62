"""What the control API is given, checked: a value of another kind is refused with its name."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Request

from stripe_sandbox.errors import InvalidRequest

LONGEST_BODY = 4 * 1024 * 1024
KINDS: dict[str, tuple[type, ...]] = {
    "a text": (str,),
    "an object": (dict,),
    "a list": (list,),
    "true or false": (bool,),
    "a number": (int, float),
    "a whole number": (int,),
}


def refused(name: str, what: str) -> InvalidRequest:
    return InvalidRequest(f"{name} is {what}.", param=name)


def given(data: dict[str, Any], name: str, kind: str, default: Any = None) -> Any:
    """The value, or the default when there is none or null."""
    value = data.get(name)
    if value is None:
        return default
    if not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and bool not in KINDS[kind]):
        raise refused(name, kind)
    return value


def number(
    data: dict[str, Any],
    name: str,
    lowest: float,
    highest: float,
    kind: str = "a number",
    default: Any = None,
) -> Any:
    value = given(data, name, kind, default)
    if value is not default and not lowest <= value <= highest:
        raise refused(name, f"{kind} from {lowest:,} to {highest:,}")
    return value


def choice(data: dict[str, Any], name: str, words: tuple[str, ...], default: str) -> str:
    value = given(data, name, "a text", default)
    if value not in words:
        raise refused(name, " or ".join((", ".join(words[:-1]), words[-1])))
    return str(value)


def texts(data: dict[str, Any], name: str) -> list[str]:
    value: list[Any] = given(data, name, "a list", [])
    if not all(isinstance(item, str) for item in value):
        raise refused(name, "a list of texts")
    return value


def since(data: dict[str, Any]) -> int:
    """From the address, where everything is text."""
    value = str(data.get("since") or 0)
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise refused("since", "a number of an earlier answer")
    return int(value)


def only(data: dict[str, Any], *names: str) -> None:
    """A misspelt name would otherwise change nothing and say nothing."""
    for name in data:
        if name not in names:
            raise InvalidRequest(f"Unknown: {name}. Known: {', '.join(names)}.", param=name)


def read(request: Request) -> dict[str, Any]:
    """The query and the JSON body in one."""
    if (request.content_length or 0) > LONGEST_BODY:
        raise InvalidRequest("The request is larger than four megabytes.", status=413)
    body = request.get_data()
    if not body:
        return dict(request.args)
    try:
        found = json.loads(body, parse_constant=no_number)
    except (RecursionError, ValueError) as error:
        raise InvalidRequest(f"The body is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise InvalidRequest("The body is a JSON object.")
    return dict(request.args) | found


def no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON's")
