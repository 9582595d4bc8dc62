"""Asks every address to lead on, in every way a request can name another page, and looks where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote_plus

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.http import HttpResponse
from django.test import Client, TestCase
from django.utils.encoding import iri_to_uri

from tests.access.asking import Asker
from tests.access.routes import Route
from tests.access.table import BODIES
from tests.access.world import AccessWorld, filled
from tests.redirects.mails import said_in
from tests.redirects.tricks import EVIL, stays, ways_on

# Whatever anybody calls it.
NAMES = (
    "next",
    "return_to",
    "return_url",
    "redirect",
    "redirect_to",
    "redirect_uri",
    "continue",
    "back",
    "url",
    "to_url",
)
LINKS = re.compile(rb"""\s(?:href|action|formaction|src|hx-[a-z-]+|content)=["']([^"']*)["']""")
# Where we do lead: to the Stripe that is asked, and to those whose accounts one may sign in with.
MEANT = (
    "http://127.0.0.1",
    "https://accounts.google.com/",
    "https://github.com/login/oauth/",
    "https://login.microsoftonline.com/",
)


@dataclass(frozen=True)
class Way:
    """How a request names the page to go on to."""

    method: str
    where: str  # "query", "form", "page" of htmx, "referer", "host"

    def __str__(self) -> str:
        return f"{self.method} {self.where}"


WAYS = [
    Way("GET", "query"),
    Way("POST", "query"),
    Way("POST", "form"),
    Way("GET", "page"),
    Way("POST", "referer"),
]


class Walker:
    def __init__(self, world: AccessWorld, asker: Asker) -> None:
        self.world, self.asker = world, asker
        self.kept: list[str] = []  # what the session of the last answer holds, for a later page

    def ask(self, who: str, route: Route, way: Way, wanted: str) -> tuple[HttpResponse, bytes]:
        """Everything is put back; mails stay in the outbox."""
        client = self.world.clients[who]
        path = route.path(self.world.ours)
        body = filled(BODIES.get(route.name, {}), self.world.ours) if way.method == "POST" else {}
        headers = {}
        if way.where == "query":
            path += "?" + "&".join(f"{name}={quote_plus(wanted)}" for name in NAMES)
        elif way.where == "form":
            body |= {name: wanted for name in NAMES if name not in body}
        elif way.where == "page":
            headers = {"HX-Request": "true", "HX-Current-URL": _page(wanted)}
        else:
            headers = {"Referer": _page(wanted)}
        with self.asker._put_back(client), TestCase.captureOnCommitCallbacks(execute=True):
            response = getattr(client, way.method.lower())(path, body or None, headers=headers)
            self.kept = kept_of(client)
            return response, b"" if response.streaming else response.content

    def faults(self, who: str, route: Route, way: Way, wanted: str) -> Iterator[str]:
        mail.outbox.clear()
        response, content = self.ask(who, route, way, wanted)
        said = f"{route.name} as {who}, {way}, {wanted!a}"
        for name, address in ways_on(response):
            if address not in ("", "false", "true") and not stays(address) and not address.startswith(MEANT):
                yield f"{said}: {name} {address!a}"
        for link in links_that_came_with(content, wanted):
            yield f"{said}: the page has {link!a}"
        if wanted in self.kept and not stays(wanted):
            yield f"{said}: the session keeps it"
        if any(EVIL in text for one in mail.outbox for text in said_in(one)):
            yield f"{said}: a mail has it"


def links_that_came_with(content: bytes, wanted: str) -> list[str]:
    """Of the page's links those that are what the request named, and lead away."""
    found = [unescape(link.decode()) for link in LINKS.findall(content)]
    return [link for link in found if wanted.strip() and link.strip() == wanted.strip() and not stays(link)]


def kept_of(client: Client) -> list[str]:
    """Every text in the session, however deep."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return list(_texts(SessionStore(cookie.value).load())) if cookie and cookie.value else []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def leads_on(response: HttpResponse, content: bytes, wanted: str) -> bool:
    """Whether what the request named is where the answer goes, or stands on its page."""
    said = " ".join(address for _name, address in ways_on(response))
    forms = (wanted, quote_plus(wanted), quote_plus(wanted, safe="/"), iri_to_uri(wanted))
    return any(form in said for form in forms) or wanted.replace("&", "&amp;").encode() in content


def _page(wanted: str) -> Any:
    """As a header: a whole address, as browsers send it, but with whatever path is wanted."""
    text = wanted if "://" in wanted else f"http://testserver{wanted}"
    return iri_to_uri(re.sub(r"[\x00-\x1f\x7f]", "", text))
