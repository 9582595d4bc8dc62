"""What stays of JSON when everything that differs from run to run is left out.

Two values of one shape have the same keys, types and words; ids, times, amounts and free texts may differ.
"""

from __future__ import annotations

import re
from typing import Any

ID = re.compile(r"(?<![A-Za-z0-9])([a-z]+(?:_[a-z]+)*_)(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{12,}")
WORD = re.compile(r"[A-Za-z0-9._\[\]-]{1,60}")
RANDOM = re.compile(
    r"[A-Z0-9]{8}(-\d+)?|(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9]{8,}|(?=.*\d)[0-9a-f]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-\w{12}"
)
LIMITS = (0, 4, 12, 22, 40, 80, 100, 150, 200, 255, 500, 1000, 2500, 5000, 20000, 40000)
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def shape(value: Any, name: str = "") -> str:
    if isinstance(value, dict):
        return shape_of_object(value, name)
    if isinstance(value, list):
        return "[" + ",".join(sorted({shape(item) for item in value})) + "]"
    if isinstance(value, str):
        return shape_of_text(value)
    if isinstance(value, bool) or value is None:
        return str(value)
    return f"{type(value).__name__}{(value > 0) - (value < 0)}"


def shape_of_object(value: dict[str, Any], name: str) -> str:
    if name == "metadata":  # keys of the asker's own choosing
        return "metadata{" + ",".join(sorted({type(item).__name__ for item in value.values()})) + "}"
    return "{" + ",".join(f"{key}:{shape(value[key], key)}" for key in sorted(value)) + "}"


def shape_of_text(text: str) -> str:
    if text.startswith("/v1/"):
        return ID.sub(r"\1*", text)
    if "_" in text and ID.search(text):
        return ID.sub(r"\1*", text) if len(text) < 120 else "id"
    if NUMBER.fullmatch(text):
        return "decimal" if "." in text else "digits"
    if WORD.fullmatch(text) and not RANDOM.fullmatch(text):
        return text
    return f"text{length_class(len(text))}"


def length_class(length: int) -> int:
    """Stripe's limits on texts lie between these."""
    return next((limit for limit in LIMITS if length <= limit), 100000)


def shape_of_pairs(pairs: list[tuple[str, str]]) -> str:
    """Metadata keys and positions in lists are the asker's."""
    names = (re.sub(r"metadata\]?\[[^]]*\]", "metadata[*]", name) for name, _ in pairs)
    return "&".join(
        sorted({f"{name}={shape_of_text(value)}" for name, (_, value) in zip(names, pairs, strict=True)})
    )
