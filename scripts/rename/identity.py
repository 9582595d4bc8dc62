"""What the project is called. It is written down in one place, `[tool.identity]` of pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields

TABLE = re.compile(r"(?<=^\[tool\.identity\]\n)(?:[a-z]+ = .*\n)+", re.M)
VERSION = re.compile(r'(?<=^version = ")[^"]+(?="$)', re.M)
FIRST_VERSION = "0.1.0"


@dataclass(frozen=True)
class Identity:
    """`starter`: the version this project was made from, or has taken since; empty in the starter itself."""

    name: str
    slug: str
    sender: str
    hue: int
    holder: str
    starter: str = ""

    @property
    def database(self) -> str:
        """The slug where a hyphen would have to be quoted: PostgreSQL's names."""
        return self.slug.replace("-", "_")

    @property
    def words(self) -> dict[str, str]:
        """Each word that the files hold, and what it stands for."""
        return {self.name: "name", self.slug: "slug", self.database: "database", self.sender: "sender"}


def read(pyproject: str) -> Identity:
    return Identity(**tomllib.loads(pyproject)["tool"]["identity"])


def version(pyproject: str) -> str:
    return str(tomllib.loads(pyproject)["project"]["version"])


def written(pyproject: str, wanted: Identity) -> str:
    """The starter's version becomes `starter`, and the new project begins with a version of its own.

    From then on neither side changes the other's line.
    """
    if not read(pyproject).starter:
        pyproject = VERSION.sub(FIRST_VERSION, pyproject, count=1)
    return TABLE.sub(lambda _: _table(wanted), pyproject)


def _table(wanted: Identity) -> str:
    values = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    return "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: str | int) -> str:
    """Answers hold no quotes and no backslashes: answers.py refuses them."""
    return str(value) if isinstance(value, int) else f'"{value}"'
