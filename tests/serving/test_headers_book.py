"""docs/security.md shows each header as it is served: what is written there is asked for and compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from apps.core.tests.pictures import picture
from tests.serving.server import Answer, Server

BOOK = Path(settings.BASE_DIR, "docs", "security.md").read_text()
# HTTP's own, and what depends on the machine.
LEFT_OUT = {"date", "connection", "content-length", "transfer-encoding", "etag", "last-modified"}
PICTURE = "team-logos/8Jk_2mQ-x0aZ3bY7cW9dV1eU.png"
A_PAGE = "A page, `GET"
Lines = dict[str, str]


def block_after(words: str) -> Lines:
    """The lines of the first block of headers below a sentence; the status is a line as well."""
    start = BOOK.index("```http\n", BOOK.index(words)) + len("```http\n")
    rows = BOOK[start : BOOK.index("```", start)].strip().splitlines()
    return dict(row.split(": ", 1) if ": " in row else ("status", row.split()[1]) for row in rows)


def promised(words: str) -> Lines:
    """What is on every answer, and what this kind adds or replaces; `<none>` takes a line away."""
    lines = {**block_after("On every answer"), **block_after(words)}
    if lines.get("Content-Security-Policy") == "<as a page>":
        lines["Content-Security-Policy"] = block_after(A_PAGE)["Content-Security-Policy"]
    kept = {name: value for name, value in lines.items() if value != "<none>"}
    return {name: in_order(name, value) for name, value in kept.items()}


def in_order(name: str, value: str) -> str:
    """A policy is a set: django-csp writes its parts in an order of its own."""
    return "; ".join(sorted(value.split("; "))) if name == "Content-Security-Policy" else value


def served(answer: Answer) -> Lines:
    """With what differs each time masked, as in the book."""
    lines = {name: in_order(name, masked(name, value)) for name, value in answer.headers}
    return {"status": str(answer.status)} | {
        name: value for name, value in lines.items() if name.lower() not in LEFT_OUT
    }


def masked(name: str, value: str) -> str:
    if name in ("X-Request-ID", "Expires"):
        return {"X-Request-ID": "<id>", "Expires": "<date>"}[name]
    if name == "Content-Disposition":
        return value.replace(PICTURE.rpartition("/")[2], "<picture>")
    value = re.sub(r"csrftoken=\w{32}", "csrftoken=<token>", value)
    return re.sub(r"expires=[^;]+", "expires=<date>", value)


def upload(server: Server) -> str:
    path = server.folder / "media" / PICTURE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture())
    return f"/media/{PICTURE}"


def hashed(server: Server) -> str:
    (path,) = (server.folder / "static" / "css").glob("brand.????????????.css")
    return f"/static/css/{path.name}"


@pytest.mark.parametrize(
    ("words", "method", "path", "headers"),
    [
        (A_PAGE, "GET", "/accounts/login/", {}),
        ("What leads elsewhere", "GET", "/teams/", {}),
        ("A static file", "GET", hashed, {}),
        ("What somebody uploaded", "GET", upload, {}),
        ("Stripe's door", "POST", "/stripe/webhook/", {}),
        ("JSON, `GET", "GET", "/health/ready/", {}),
        ("An error of ours", "GET", "/breaks/", {}),
        ("A page that is not there", "GET", "/nowhere/", {}),
        ("A host that is not ours", "GET", "/", {"Host": "evil.example"}),
        ("By http", "GET", "/pricing/", {"X_Forwarded_Proto": "http"}),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_each_header_is_served_as_it_is_written(
    server: Server, words: str, method: str, path: object, headers: dict[str, str]
) -> None:
    address = path(server) if callable(path) else str(path)

    answer = server.ask(method, address, b"{}" if method == "POST" else None, **headers)

    assert served(answer) == promised(words)


def test_every_header_is_explained() -> None:
    explained = BOOK[BOOK.index("| header | why |") : BOOK.index(A_PAGE)]

    missing = [name for name in block_after("On every answer") if f"`{name}`" not in explained]

    assert missing == ["Server"]
