"""How requests are made up: a good one of what the page offers, then some of it wild, broken or left out."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_plus, urlencode

from hypothesis import strategies as st

from tests.fuzz.ask import Ask
from tests.fuzz.forms import Offer
from tests.fuzz.targets import Target
from tests.fuzz.values import CONTENTS, MARK, files, one_of, texts
from tests.redirects.tricks import EVIL

METHODS = ["POST"] * 8 + ["GET"] * 6 + "HEAD PUT PATCH DELETE OPTIONS TRACE PROPFIND get".split()
BOUNDARY = "fuZZ"
# Beside what pages offer: what views are known to read.
KNOWN = "next q page p o e format lang session_id csrfmiddlewaretoken code state".split()
HEADERS: dict[str, list[str]] = {
    "Host": [
        "testserver",
        "testserver:80",
        "TESTSERVER",
        EVIL,
        f"testserver@{EVIL}",
        "testserver.",
        "[::1",
        "",
    ],
    "HX-Request": ["true", "false", "1", MARK],
    "HX-Boosted": ["true"],
    "HX-History-Restore-Request": ["true"],
    "HX-Target": ["members", MARK, "é"],
    "HX-Trigger": ["a", MARK],
    "HX-Trigger-Name": ["\x7f", "q"],
    "HX-Prompt": ["é", MARK],
    "HX-Current-URL": [
        "http://testserver/teams/",
        f"https://{EVIL}/x",
        f"http://testserver//{EVIL}/x",
        f"http://testserver@{EVIL}/",
        "http://[",
        "http://testserver:x/",
        "é",
        "/teams/",
    ],
    "HX-Current-URL-URI-AutoEncoded": ["true"],
    "Accept": ["text/html", "application/json", "*/*", "a/b;q=x", "", "é", "text/html" * 200],
    "Accept-Language": ["fr", "en-US,en;q=0.5", "x" * 9000, "é", "de;q=9", "*", "-"],
    "Accept-Encoding": ["gzip", "br", "identity;q=0", "*;q=0"],
    "Accept-Charset": ["utf-16"],
    "Cookie": [
        "",
        "sessionid=x",
        "csrftoken=é",
        "messages=x",
        "a=b; =; ;;",
        "django_language=../x",
        "x" * 5000,
    ],
    "Referer": ["http://testserver/", f"https://{EVIL}/", "http://[", "é", "javascript:alert(1)"],
    "Origin": ["http://testserver", "null", f"https://{EVIL}", "http://[", "é"],
    "X-Requested-With": ["XMLHttpRequest"],
    "X-Forwarded-For": ["1.2.3.4", "1.2.3.4, 5.6.7.8", "x", "::1%eth0", "é", ",", "1" * 5000],
    "X-Forwarded-Proto": ["https", "http", "ftp", "https,http"],
    "X-Forwarded-Host": [EVIL, ""],
    "X-Forwarded-Port": ["443", "x"],
    "X-Real-IP": ["1.2.3.4", "x"],
    "Forwarded": ["for=1.2.3.4;host=evil.example"],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-Request-ID": ["a" * 40, "é", "a b\tc", ""],
    "X-CSRFToken": ["x", "é", "a" * 64],
    "Range": ["bytes=0-1", "bytes=-1", "bytes=9-1", "x", "bytes=0-1,2-3", "bytes=" + "9" * 400 + "-"],
    "If-Modified-Since": ["Sun, 06 Nov 1994 08:49:37 GMT", "x", "Sun, 06 Nov 9999 99:99:99 GMT"],
    "If-None-Match": ['"x"', "*", 'W/"', "é"],
    "If-Match": ["*", '"x"'],
    "If-Unmodified-Since": ["Sun, 06 Nov 1994 08:49:37 GMT"],
    "If-Range": ["x"],
    "User-Agent": ["", "Mozilla/5.0 (iPhone)", MARK, "é" * 400, "a" * 9000],
    "Authorization": ["Basic x", "Bearer é", "Basic " + "YTpi"],
    "Expect": ["100-continue"],
    "Upgrade": ["h2c"],
    "Content-Encoding": ["gzip", "x"],
    "Transfer-Encoding": ["chunked"],
    "Stripe-Signature": ["t=1,v1=x", "é", "t=x", "v1", "t=" + "9" * 400],
    "Sec-Fetch-Site": ["cross-site"],
    "Sec-Purpose": ["prefetch"],
}
TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=latin-1",
    "application/x-www-form-urlencoded; charset=nope",
    "application/x-www-form-urlencoded; charset=idna",
    "application/x-www-form-urlencoded; charset=",
    "application/json",
    "application/json; charset=utf-7",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=other",
    f"multipart/form-data; boundary={BOUNDARY}; charset=utf-16",
    f"multipart/form-data; boundary={BOUNDARY * 60}",
    "multipart/form-data; boundary=é",
    "text/plain",
    "application/octet-stream",
    "application/xml",
    "x",
    "",
    "é/é; é=é",
    'text/html; a="',
]
PIECES = ["\x00", "%", "//", "/../", "é", "\n", ";", ".", " ", "", "A", "\ud800", "?"]
RAW = [""] * 8 + ["%", "%ff=%fe", "&=&&", "a[]=1", "=", "a" * 3000, "%00=%00", "é", "\x7f"]
DAMAGE = [b"", b"\xff", b"\x00", b"%", b"\r\n--fuZZ"]
Pairs = list[tuple[str, Any]]


@st.composite
def asks(draw: Any, target: Target, path: str, people: list[str], offered: Any, good: dict[str, Any]) -> Ask:
    """`offered(who)`: what the page shows to them; `good`: what it is known to take."""
    who = draw(st.sampled_from([welcome(target)] * len(people) + people))
    method = draw(st.sampled_from(METHODS))
    offer: Offer = offered(who)
    headers = draw(_headers())
    query = draw(_query(offer))
    has_body = method not in ("GET", "HEAD")
    content_type, body, length = draw(_body(offer, good)) if has_body else ("", b"", None)
    return Ask(
        who,
        method,
        draw(_path(target, path)),
        query,
        headers,
        content_type,
        body,
        length,
        draw(st.sampled_from(["not checked"] * 6 + ["none", "good", "wrong"])),
        draw(st.sampled_from(["127.0.0.1"] * 5 + ["", "2001:db8::1", "203.0.113.9"])),
    )


def welcome(target: Target) -> str:
    """Whoever gets furthest: most requests are theirs."""
    return "superuser" if target.regex.startswith("admin/") else "owner"


# Where --------------------------------------------------------------------------------------------------
def _path(target: Target, path: str) -> st.SearchStrategy[str]:
    made_up = st.from_regex(target.regex, fullmatch=True).map(lambda text: f"/{text}"[:2000])
    if not path:
        return made_up
    ways = [st.just(path)] * 8 + [made_up, _damaged(path)]
    return st.sampled_from(ways).flatmap(lambda way: way)


@st.composite
def _damaged(draw: Any, path: str) -> str:
    at = draw(st.integers(0, len(path)))
    piece = draw(st.sampled_from(PIECES))
    return "/" + (path[:at] + piece + path[at + draw(st.integers(0, 1)) :])[1:]


@st.composite
def _query(draw: Any, offer: Offer) -> str:
    known = offer.queries() | {name: [""] for name in KNOWN}
    pairs: Pairs = [
        (name, draw(_value(known[name])))
        for name in draw(st.lists(st.sampled_from(sorted(known)), max_size=3))
    ]
    return _encoded(pairs) + draw(st.sampled_from(RAW))


@st.composite
def _headers(draw: Any) -> tuple[tuple[str, str], ...]:
    names = draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=4, unique=True))
    return tuple((name, draw(one_of(HEADERS[name]) | _header_text)) for name in names)


# What servers let through: no NUL, no new line.
_header_text = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20
)


# What ---------------------------------------------------------------------------------------------------
def _value(choices: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from([one_of(choices), texts]).flatmap(lambda way: way)


@st.composite
def _fields(draw: Any, offer: Offer, good: dict[str, Any]) -> Pairs:
    """What a person would send, then some of it otherwise, twice or missing, and more than that."""
    choices = offer.choices()
    sent: Pairs = [(name, draw(one_of(found))) for name, found in choices.items()]
    sent = [(name, value) for name, value in sent if name not in good] + list(good.items())
    for _ in range(draw(st.integers(0, 3))):
        names = [*sorted({name for name, _value in sent}) * 5, *KNOWN]
        name = draw(st.sampled_from(names))
        if draw(st.booleans()):
            sent = [pair for pair in sent if pair[0] != name]
        sent.append((name, draw(files if name in offer.files else _value(choices.get(name, [""])))))
    sent += [(name, draw(files)) for name in sorted(offer.files) if draw(st.booleans())]
    if draw(st.integers(0, 12)) == 7:
        sent.append((draw(texts)[:100], draw(texts | files)))
    if draw(st.integers(0, 40)) == 23:
        sent += [("many", "1")] * 1200
    return sent


@st.composite
def _body(draw: Any, offer: Offer, good: dict[str, Any]) -> tuple[str, bytes, str | None]:
    pairs = draw(_fields(offer, good))
    has_file = any(isinstance(value, tuple) for _name, value in pairs)
    how = draw(st.sampled_from(["form"] * 6 + ["parts"] * 5 + ["json", "raw", "mixed up"]))
    content_type, body = TYPES[0], _encoded(pairs).encode("utf-8", "surrogatepass")
    if how == "parts" or (how == "form" and has_file):
        content_type, body = f"multipart/form-data; boundary={BOUNDARY}", _parts(pairs)
    elif how == "json":
        content_type = TYPES[6]
        body = json.dumps(dict(pairs), default=str).encode()
    elif how == "raw":
        content_type, body = draw(st.sampled_from(TYPES)), draw(one_of(CONTENTS) | st.binary(max_size=60))
    elif how == "mixed up":
        content_type = draw(st.sampled_from(TYPES))
        body = draw(st.sampled_from([body, _parts(pairs)]))
    length = draw(st.sampled_from([None] * 12 + ["", "0", "5", "9" * 12]))  # servers refuse what is no number
    if draw(st.integers(0, 12)) == 7:
        at = draw(st.integers(0, max(0, min(len(body), 2000) - 1)))
        body = body[:at] + draw(st.sampled_from(DAMAGE)) + body[at + 1 :]
    return content_type, body, length


def _encoded(pairs: Pairs) -> str:
    plain = [(name, value[0] if isinstance(value, tuple) else str(value)) for name, value in pairs]
    return urlencode(plain, quote_via=lambda text, *_rest: quote_plus(text.encode("utf-8", "surrogatepass")))


def _parts(pairs: Pairs) -> bytes:
    written = b""
    for name, value in pairs:
        head, content = f'name="{name[:200]}"', str(value).encode("utf-8", "surrogatepass")
        if isinstance(value, tuple):
            head, content = f'{head}; filename="{value[0]}"\r\nContent-Type: image/png', value[1]
        disposition = f"Content-Disposition: form-data; {head}".encode("utf-8", "surrogatepass")
        written += b"\r\n".join([b"--" + BOUNDARY.encode(), disposition, b"", content, b""])
    return written + f"--{BOUNDARY}--\r\n".encode()
