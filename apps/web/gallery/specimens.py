"""What the gallery shows, read from templates/gallery/.

A file begins with `{# Name. What it is for. #}`. Each `{# State: ... #}` begins a piece of template up to the
next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.template import engines

FOLDER = Path(settings.BASE_DIR) / "templates" / "gallery"
# In the order of the page.
GROUPS = {
    "Actions": ["button", "post_button", "menu", "modal"],
    "Forms": ["field", "form", "sign_in"],
    "Telling": ["notice", "messages", "toast", "badge", "empty_state", "skeleton", "local_mail"],
    "Data": ["stat", "table", "meter", "seat_meter", "card", "avatar", "icon"],
    "Finding the way": ["tabs", "breadcrumb", "pagination", "steps", "question", "shell", "language_choice"],
    "Selling": ["price_card"],
}
HEAD = re.compile(r"{# (?P<title>[^.]+)\. (?P<text>.+) #}\n")
STATE = re.compile(r"^{# State: (.+) #}\n", re.MULTILINE)


@dataclass(frozen=True)
class State:
    title: str
    source: str
    html: str  # safe


@dataclass(frozen=True)
class Specimen:
    name: str
    title: str
    text: str
    states: list[State]


def groups(request: HttpRequest, samples: Mapping[str, object]) -> dict[str, list[Specimen]]:
    return {title: [_specimen(name, request, samples) for name in names] for title, names in GROUPS.items()}


def source_of(name: str) -> str:
    return (FOLDER / f"{name}.html").read_text()


def _specimen(name: str, request: HttpRequest, samples: Mapping[str, object]) -> Specimen:
    source = source_of(name)
    head = HEAD.match(source)
    if not head:
        raise ValueError(f"Begin templates/gallery/{name}.html with {{# Name. What it is for. #}}")
    _before, *parts = STATE.split(source[head.end() :])
    states = [State(title, piece, _drawn(piece, request, samples)) for title, piece in _in_pairs(parts)]
    return Specimen(name, head["title"], head["text"], states)


def _in_pairs(parts: list[str]) -> Iterator[tuple[str, str]]:
    return zip(parts[::2], (piece.strip() for piece in parts[1::2]), strict=True)


def _drawn(source: str, request: HttpRequest, samples: Mapping[str, object]) -> str:
    return engines["django"].from_string(source).render(dict(samples), request)
