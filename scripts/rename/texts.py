"""One file's text under another name. Nothing here opens a file."""

from __future__ import annotations

import re

from scripts.rename import identity
from scripts.rename.identity import Identity

# The name of a database, a role or a password: where a hyphen would need quotes.
ABOUT_DATABASES = re.compile(r"postgres|POSTGRES_|\bpg_|\bcreatedb|\bdropdb|\bpsql")
HUE = re.compile(r"(?<=^  --accent-hue: )\d+(?=;)", re.M)
COPYRIGHT = re.compile(r"^(Copyright \(c\) [\d-]+ ).+\n", re.M)


def renamed(path: str, text: str, old: Identity, new: Identity) -> str:
    """The LICENSE keeps its first line: it asks for that in every copy."""
    if path == "LICENSE":
        return _licensed(text, new)
    if path == "static/css/brand.css":
        return HUE.sub(str(new.hue), text)
    if any(word in text for word in old.words):
        text = "".join(_line(line, old, new) for line in text.splitlines(keepends=True))
    return identity.written(text, new) if path == "pyproject.toml" else text


def words(found: Identity) -> re.Pattern[str]:
    r"""Each as a word of its own: not the middle of another one, but right after a "\n" in a string."""
    longest_first = sorted(found.words, key=len, reverse=True)
    return re.compile(rf"(?:(?<![^\W_])|(?<=\\n))(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])")


def _line(line: str, old: Identity, new: Identity) -> str:
    return words(old).sub(lambda match: _word(match, old, new), line)


def _word(match: re.Match[str], old: Identity, new: Identity) -> str:
    kind = old.words[match[0]]
    if match[0] == old.slug == old.database:
        kind = "database" if _names_a_database(match) else "slug"
    return str(getattr(new, kind))


def _names_a_database(match: re.Match[str]) -> bool:
    """Of a slug of one word, which looks the same as both."""
    beside = match.string[max(match.start() - 1, 0) : match.start()] + match.string[match.end() :][:1]
    return "_" in beside or ("-" not in beside and bool(ABOUT_DATABASES.search(match.string)))


def _licensed(text: str, new: Identity) -> str:
    first, *_ = COPYRIGHT.finditer(text)
    after = COPYRIGHT.sub("", text[first.end() :])
    return f"{text[: first.end()]}{first[1]}{new.holder}\n{after}"
