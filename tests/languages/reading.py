"""What of a page people see or hear, and which of it stands outside the brackets of `pseudo`."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.conf import settings

from tests.languages.pseudo import CLOSE, CODE, OPEN

# Spoken or shown, as the text of an element is.
ATTRIBUTES = {"alt", "aria-label", "aria-roledescription", "aria-valuetext", "placeholder", "title"}
ATTRIBUTES |= {"data-confirm", "data-said", "data-sending-label", "data-label"}
SILENT = {"script", "style", "template", "code", "bdi"}
# A list to choose a zone from, addresses, what somebody is called: the same in every language.
DATA = re.compile(
    r"[\w.+-]+@[\w.-]+|https?://\S+|\b(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|"
    rf"Pacific)/[\w /+-]+|\b{re.escape(settings.PROJECT_NAME)}\b|"
    r"\b(?:British English|UTC|Free|Starter|Pro|Enterprise|[A-Z0-9]{8}-\d{4})\b"
    r"|US(?=\$)|\bUSD\b|\d[\d:.,]*[a-z]*"
)


class Reader(HTMLParser):
    """`outside`: each piece of text at depth 0. Brackets may open in one element and close in another."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.outside: list[str] = []
        self._depth = 0
        self._silent: list[str] = []

    def feed(self, data: str) -> None:
        super().feed(data.replace("<wbr>", ""))  # where a long address may break

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in SILENT or given.get("lang") not in (None, CODE):  # French is called Français everywhere
            self._silent.append(tag)
        names = ATTRIBUTES | ({"content"} if given.get("name") == "description" else set())
        if tag == "input" and given.get("type") in ("submit", "button"):
            names = names | {"value"}
        for name in names & set(given):
            self._note(_outside(given[name] or "")[0])

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        text, self._depth = _outside(data, self._depth)
        self._note(text)

    def _note(self, text: str) -> None:
        if re.search(r"[^\W\d_]{2}", DATA.sub(" ", text)):
            self.outside.append(" ".join(text.split()))


def _outside(text: str, depth: int = 0) -> tuple[str, int]:
    kept = []
    for char in text:
        if char == OPEN:
            depth += 1
        elif char == CLOSE:
            depth -= 1
        elif not depth:
            kept.append(char)
    return "".join(kept), depth


def untranslated(html: str, known: tuple[str, ...] = ()) -> list[str]:
    """Pieces of text outside of every bracket. `known`: names the test has given away."""
    for name in sorted(known, key=len, reverse=True):
        html = html.replace(name, "")
    reader = Reader()
    reader.feed(html)
    return reader.outside
