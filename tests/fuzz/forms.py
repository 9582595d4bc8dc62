"""What a page offers to send: the fields of its forms with their values, and the queries of its links."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Offer:
    """Name -> the values a page has for it; "" stands for what a person types."""

    fields: dict[str, set[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    asked: dict[str, set[str]] = field(default_factory=dict)  # in queries

    def choices(self) -> dict[str, list[str]]:
        return {name: sorted(found) for name, found in sorted(self.fields.items())}

    def queries(self) -> dict[str, list[str]]:
        return {name: sorted(found)[:8] for name, found in sorted(self.asked.items())}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.offer, self.select, self.is_get = Offer(), "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self.is_get = given.get("method", "get").lower() == "get"
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self._note(self.select, value)
        elif tag == "input" and given.get("type") == "file":
            self.offer.files.add(name)
        elif tag in ("input", "button", "textarea") and name:
            self._note(name, value)
        for attribute in ("href", "hx-get", "action"):
            self._note_query(given.get(attribute, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""

    def _note(self, name: str, value: str) -> None:
        """A field of a search form is asked in the query, and posted by nobody: try both."""
        self.offer.fields.setdefault(name, set()).add(value)
        if self.is_get:
            self.offer.asked.setdefault(name, set()).add(value)

    def _note_query(self, address: str) -> None:
        for name, value in parse_qsl(urlsplit(address).query) if "?" in address else []:
            self.offer.asked.setdefault(name, set()).add(value)


def offer_of(html: str) -> Offer:
    reader = _Reader()
    reader.feed(html)
    return reader.offer
