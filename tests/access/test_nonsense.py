"""Whatever is sent to a page of teams or seats, by whomever: an answer, here, with nothing run in it."""

from __future__ import annotations

import logging
import os
import uuid
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.core.tests.pictures import SVG, bomb, layered, picture
from tests.access.people import PEOPLE
from tests.access.routes import route_called
from tests.access.table import BODIES, TABLE
from tests.access.world import AccessWorld, filled

pytestmark = pytest.mark.django_db
LEADS_ON = ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url")
RUNS = int(os.environ.get("NONSENSE_RUNS", "150"))

NAMES = sorted(
    {row.name for row in TABLE if row.name.startswith(("team:", "teams:", "subscriptions:", "users:"))}
)
FIELDS = sorted(
    {field for body in BODIES.values() for field in body}
    | {
        "next",
        "q",
        "page",
        "invitations",
        "remove",
        "file",
        "preview",
        "session_id",
        "seen",
        "on",
        "csrfmiddlewaretoken",
    }
)
MARK = "<img src=x onerror=alert(1)>"
NASTY = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\u202egnp",
    "\ud7ff\ufffe",
    "%00",
    "\r\nSet-Cookie: a=b",
    MARK,
    f'"{MARK}',
    "{{7*7}}",
    "'; DROP TABLE teams_team; --",
    "=1+1",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "../../etc",
    "0",
    "-1",
    "1e9",
    "9" * 5000,
    "NaN",
    "٣",
    "true",
    "null",
    "[]",
    "owner",
    "OWNER",
    "admin",
    "month",
    "free",
    "nope",
    str(uuid.uuid4()),
    str(uuid.uuid4())[:-1],
    "a@b",
    "a@example.com,owner",
    '"a@b.c',
    "a@example.com\n" * 300,
    "@" * 2000,
    "<" * 5000,
    '"' * 999,
    ("a;" * 999),
    "a" * 200_000,
    "é" * 300,
    "🙂" * 120,
    "cs_test_1",
    "email,role\n,",
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
    bomb(60000, 60000),
    layered(200),
    b'"' * 70_000,
    b"a" * 1_100_000,
    b"email;role\na@b.c;owner\n" * 500,
]
HEADERS = [
    {},
    {"HX-Request": "true", "HX-Target": "members", "HX-Current-URL": "http://testserver/teams/"},
    {"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"},
    {"HX-Request": "true", "HX-Current-URL": "http://testserver//evil.example/x", "HX-Target": MARK},
    {"HX-Request": "true", "HX-History-Restore-Request": "true", "HX-Boosted": "true"},
    {"HX-Request": "true", "HX-Trigger-Name": "\x7f", "HX-Current-URL": "http://[", "Referer": "http://["},
]


def one_of(things: list[Any]) -> st.SearchStrategy[Any]:
    """By number: Hypothesis would write all of them down."""
    return st.integers(0, len(things) - 1).map(lambda number: things[number])


values = one_of(NASTY) | st.text(max_size=30) | st.emails()
file_names = one_of(["logo.png", "list.csv", ".png", "<b>.csv", "a" * 300])
files = st.tuples(file_names, one_of(CONTENTS)).map(lambda file: SimpleUploadedFile(*file))


@pytest.fixture
def fuzzed(access: Any) -> Any:
    logging.disable(logging.CRITICAL)
    yield access("pro")
    logging.disable(logging.NOTSET)


@settings(max_examples=RUNS, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.data())
def test_nonsense_is_answered(fuzzed: Any, data: st.DataObject) -> None:
    world, asker = fuzzed
    name = data.draw(st.sampled_from(NAMES))
    who = data.draw(st.sampled_from(PEOPLE))
    method = data.draw(st.sampled_from(["post", "post", "get"]))
    route = route_called(name)
    path = route.path(data.draw(one_of([world.ours, world.foreign, nobodys(world)])))
    query = data.draw(st.dictionaries(st.sampled_from(FIELDS), values, max_size=3))
    body = filled(BODIES.get(name, {}), world.ours) | data.draw(
        st.dictionaries(st.sampled_from(FIELDS), values | files, max_size=3)
    )
    headers = data.draw(st.sampled_from(HEADERS))

    with asker._put_back(world.clients[who]), TestCase.captureOnCommitCallbacks(execute=True):
        address = f"{path}?{urlencode(query, errors='replace')}" if query else path
        client: Client = world.clients[who]
        response = getattr(client, method)(address, body if method == "post" else None, headers=headers)
        content = b"" if response.streaming else response.content

    assert response.status_code < 500
    assert MARK.encode() not in content
    for header in LEADS_ON:
        assert "evil" not in urlsplit(response.get(header, "")).netloc


def nobodys(world: AccessWorld) -> dict[str, Any]:
    unknown = {"membership_id": uuid.uuid4(), "invitation_id": uuid.uuid4(), "token": "x" * 43}
    return {**world.ours, **unknown, "team_slug": "-"}
