"""Addresses that look as if they stayed here, and what a browser makes of one.

`destination` follows https://url.spec.whatwg.org/ as browsers do and Python's urllib does not:
tests/browser/test_tricks.py compares it with a browser, trick by trick.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from django.http import HttpResponse

EVIL = "evil.example"
HERE = "http://testserver/a/page/"
# What sends a browser, or htmx, to another page.
LEADS_ON = ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url", "Refresh")

TRICKS = [
    # no scheme
    f"//{EVIL}",
    f"//{EVIL}/teams/",
    f"///{EVIL}",
    f"////{EVIL}",
    f"/////{EVIL}/",
    f"/\\{EVIL}",
    f"\\/{EVIL}",
    f"\\\\{EVIL}",
    f"/\\/{EVIL}",
    f"\\\\\\{EVIL}",
    f"//{EVIL}\\@testserver/",
    f"//{EVIL}#@testserver/",
    f"//{EVIL}?@testserver/",
    f"//testserver@{EVIL}/",
    f"//testserver:80@{EVIL}/",
    f"//testserver:{EVIL}@{EVIL}/",
    # blanks and control characters, which browsers drop
    f" //{EVIL}",
    f"\t//{EVIL}",
    f"\n//{EVIL}",
    f"\x00//{EVIL}",
    f"\x1f//{EVIL}",
    f"/\t/{EVIL}",
    f"/\n/{EVIL}",
    f"/\r/{EVIL}",
    f"\t/\t/\t{EVIL}",
    f"/\t\\{EVIL}",
    f"h\nttps://{EVIL}",
    f"ht\ttp://{EVIL}",
    f"https:\t//{EVIL}",
    f"https:/\n/{EVIL}",
    f"/\r\nLocation: //{EVIL}",
    # with a scheme
    f"https://{EVIL}",
    f"HTTPS://{EVIL}",
    f"https:{EVIL}",
    f"https:/{EVIL}",
    f"https:\\\\{EVIL}",
    f"https:///{EVIL}",
    f"https:////{EVIL}",
    f"http:\\\\{EVIL}",
    f"http:/\\{EVIL}",
    f"http://testserver@{EVIL}/",
    f"http://testserver:80@{EVIL}/",
    f"http://testserver%40{EVIL}/",
    f"http://testserver%2F@{EVIL}/",
    f"http://testserver\\@{EVIL}/",
    f"http://{EVIL}\\@testserver/",
    f"http://{EVIL}%23@testserver/",
    f"http://testserver.{EVIL}/",
    f"http://testserver{EVIL}/",
    f"http://{EVIL};testserver/",
    f"http://{EVIL},testserver/",
    "http://testserver:8000/",
    "http://testserver:443/",
    "http://localhost/",
    "http://localhost:8000/",
    "http://127.0.0.1/",
    f"ftp://{EVIL}/",
    f"ws://{EVIL}/",
    # in other letters
    "//evil\u3002example",
    "//\u24d4vil.example",
    "\uff0f\uff0fevil.example",
    "http://\uff45vil.example/",
    "http://xn--vil-1ma.example/",
    "http://test\u200bserver.evil.example/",
    "/\u2028/evil.example",
    "/%09/evil.example",
    "/%5Cevil.example",
    "/%2F/evil.example",
    "%2F%2Fevil.example",
    "/..//evil.example",
    "/.//evil.example",
    "//evil.example%2F@testserver/",
    "//%65vil.example/",
    # no address at all
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript://testserver/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:x",
    "blob:http://testserver/x",
    "file:///etc/passwd",
    "about:blank",
    "mailto:a@evil.example",
    "http://[",
    "http://[::1",
    "//[evil.example]/",
    "http://",
    "//",
    "///",
    "?//evil.example",
    "teams:list",  # the name of a view
    "pricing",
]

_SPECIAL = {"http", "https", "ws", "wss", "ftp"}
_AROUND = "".join(map(chr, range(0x21)))
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")


def destination(address: str, base: str = HERE) -> str:
    """scheme://host:port a browser goes to that stands on `base`."""
    text = re.sub("[\t\r\n]", "", address.strip(_AROUND))
    here_scheme, here_host = base.split("/")[0].rstrip(":"), base.split("/")[2]
    found = _SCHEME.match(text)
    scheme, rest = (found[1].lower(), text[found.end() :]) if found else (here_scheme, text)
    if scheme not in _SPECIAL:
        return f"{scheme}:"
    at = re.search("[?#]", rest)
    path = (rest[: at.start()] if at else rest).replace("\\", "/")
    if scheme == here_scheme and not path.startswith("//"):
        return f"{here_scheme}://{here_host}"
    return f"{scheme}://{_host(path.lstrip('/').split('/')[0])}"


def ways_on(response: HttpResponse) -> Iterator[tuple[str, str]]:
    """(header, address): where an answer sends whoever asked, "" where it does not."""
    for name in LEADS_ON:
        told = response.get(name, "")
        yield name, told.partition("url=")[2] if name == "Refresh" else told


def _host(authority: str) -> str:
    """As it is asked for: without the user, other letters brought to ours, the usual port left out."""
    host = unicodedata.normalize("NFKC", unquote(authority.rpartition("@")[2])).replace("\u3002", ".")
    host = host.replace("\u200b", "").lower()
    return host.removesuffix(":80")


def stays(address: str, base: str = HERE) -> bool:
    """Or leads nowhere: "//" is no address to a browser."""
    found = destination(address, base)
    return found == destination(base, base) or found.endswith("://")
