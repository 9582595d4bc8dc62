"""What people, programs and attackers send."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import strategies as st

from apps.core.tests.pictures import SVG, bomb, layered, picture
from tests.redirects.tricks import EVIL

MARK = "<img src=x onerror=alert(1)>"
NASTY = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\u202egnp",
    "\ud7ff\ufffe",
    "\ud800",  # half of a pair
    "%00",
    "%ff%fe",
    "\r\nSet-Cookie: a=b",
    "a\nBcc: x@evil.example",
    MARK,
    f'"{MARK}',
    "{{7*7}}",
    "{% debug %}",
    "%(name)s",
    "{0.__class__}",
    "%s%n",
    "'; DROP TABLE teams_team; --",
    "=1+1",
    f"//{EVIL}",
    f"/\\{EVIL}",
    f"https://{EVIL}/",
    "javascript:alert(1)",
    "http://[",
    "../../etc/passwd",
    "0",
    "-1",
    "1e9",
    "1e999",
    "9" * 19,
    "9" * 5000,
    "-" + "9" * 40,
    "NaN",
    "Infinity",
    "٣",
    "²",
    "true",
    "null",
    "[]",
    "{}",
    '{"id": {}}',
    '{"id": "x", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30"}}',
    "[" * 2000,
    "owner",
    "OWNER",
    "admin",
    "month",
    "free",
    "pro",
    "nope",
    "Europe/Zurich",
    "../UTC",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31T23:59:59Z",
    "10000-01-01",
    str(uuid.UUID(int=0)),
    str(uuid.UUID(int=7))[:-1],
    "a@b",
    "a@example.com,owner",
    '"a@b.c',
    '"a b"@example.com',
    "a@\u0435xample.com",  # Cyrillic
    "a@exa\u00admple.com",
    "a@xn--a.example",
    "A@EXAMPLE.COM",
    "owner@example.com",
    "a@example.com\n" * 300,
    "@" * 2000,
    "<" * 5000,
    '"' * 999,
    "a;" * 999,
    "a" * 200_000,
    "é" * 300,
    "🙂" * 120,
    "\u0301" * 200,
    "cs_test_1",
    "email,role\n,",
    "123456",
    "fr",
    "xx",
]
CONTENTS = [
    b"",
    b"\x00" * 50,
    b"\xff\xfe\x00",
    b"\xff\xfe\x00\xd8",
    b"\xef\xbb\xbfemail\n=1",
    SVG,
    picture(),
    picture("GIF"),
    picture()[:60],
    b"GIF89a" + bytes(20),
    b"BM" + bytes(60),
    b"II*\x00" + b"\xff" * 60,
    b"%PDF-1.4",
    b"PK\x03\x04" + bytes(60),
    bomb(60000, 60000),
    layered(200),
    b'"' * 70_000,
    b"a" * 1_100_000,
    b"email;role\na@b.c;owner\n" * 500,
]
FILE_NAMES = [
    "logo.png",
    "list.csv",
    "",
    ".png",
    "<b>.csv",
    "a" * 300,
    "a\x00.png",
    "../../x",
    "é.png",
    "\ud800",
]


def one_of(things: list[Any]) -> st.SearchStrategy[Any]:
    """By number: Hypothesis would write all of them down."""
    return st.integers(0, len(things) - 1).map(lambda number: things[number])


texts = one_of(NASTY) | st.text(max_size=30) | st.emails() | st.integers().map(str)
files = st.tuples(one_of(FILE_NAMES), one_of(CONTENTS))
