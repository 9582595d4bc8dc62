"""Sends a request into the product as a server does, puts everything back, and says what is wrong with it."""

from __future__ import annotations

import logging
import signal
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core import mail
from django.core.signals import got_request_exception
from django.http import HttpResponse
from django.test import Client, TestCase
from django.test.client import conditional_content_removal

from config.wsgi import application
from tests.access.asking import Asker
from tests.fuzz.ask import Ask
from tests.fuzz.values import MARK
from tests.redirects.mails import head_of, said_in
from tests.redirects.tricks import EVIL, destination, ways_on

HANGS = 20  # seconds
TOKEN = "a" * 32


@dataclass
class Counts:
    statuses: Counter[str] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)  # not only "not found" or "no proper request"

    def note(self, target: str, response: HttpResponse) -> None:
        self.statuses[str(response.status_code)] += 1
        self.asked.add(target)
        if response.status_code not in (404, 400):
            self.answered.add(target)

    def told(self) -> dict[str, Any]:
        return {
            "statuses": dict(self.statuses),
            "asked": sorted(self.asked),
            "answered": sorted(self.answered),
        }


class Sender:
    def __init__(self, asker: Asker, clients: dict[str, Client]) -> None:
        self.asker, self.clients = asker, clients

    def send(self, ask: Ask) -> tuple[HttpResponse, list[str]]:
        """The answer, and what is wrong."""
        client = self.clients[ask.who]
        mail.outbox.clear()
        with self.asker._put_back(client), _listening() as heard:
            try:
                with _no_longer_than(HANGS):
                    response, content = self._answer(ask, client)
            except Exception:  # noqa: BLE001 - a server would close the connection
                return HttpResponse(status=599), [*heard, traceback.format_exc(limit=-6)]
        return response, [*heard, *faults(response, content), *faults_of_mails(mail.outbox)]

    def _answer(self, ask: Ask, client: Client) -> tuple[HttpResponse, bytes]:
        """With what is done after the commit."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            request = application.request_class(self._environ(ask, client))
            request._dont_enforce_csrf_checks = ask.csrf == "not checked"
            response = conditional_content_removal(request, application.get_response(request))
            return response, b"".join(response.streaming_content) if response.streaming else response.content

    def _environ(self, ask: Ask, client: Client) -> dict[str, Any]:
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        extra: dict[str, str] = {}
        if ask.csrf in ("good", "wrong"):
            cookies["csrftoken"] = TOKEN
            extra["HTTP_X_CSRFTOKEN"] = TOKEN if ask.csrf == "good" else "b" * 32
        written = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return {**ask.environ(written), **extra}


def faults(response: HttpResponse, content: bytes) -> list[str]:
    found = []
    if response.status_code >= 500:
        found.append(f"answered {response.status_code}")
    if MARK.encode() in content and "html" in response.get("Content-Type", ""):
        found.append("what was sent stands in the page as HTML")
    for name, address in ways_on(response):
        if _leaves(address):
            found.append(f"{name} leads away: {address}")
    return found


def _leaves(address: str) -> bool:
    """A page of ours whose `next` names another site is looked at when that page is asked."""
    goes_to = destination(address)
    return EVIL in goes_to or not goes_to.startswith("http")


def faults_of_mails(mails: list[Any]) -> list[str]:
    """A mail leads to us, whatever Host a request names, and its head is one's own."""
    found = []
    for one in mails:
        if any("\n" in line or "\r" in line for line in head_of(one)):
            found.append("a line break in the head of a mail")
        if any(f"//{EVIL}" in text for text in said_in(one)):
            found.append("a mail leads away")
        if any(MARK in page for page, _kind in one.alternatives):
            found.append("what was sent stands in a mail as HTML")
    return found


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Exceptions that Django turned into a page, and whatever is logged as an error."""
    heard: list[str] = []

    def note(**_rest: Any) -> None:
        heard.append(traceback.format_exc(limit=-6))

    handler = _Errors(heard)
    root = logging.getLogger()
    got_request_exception.connect(note)
    quiet = [logging.getLogger(), *_loggers()]
    before = [(one, one.handlers[:], one.propagate) for one in quiet]
    for one in quiet:
        one.handlers, one.propagate = [], True
    root.handlers = [handler]
    try:
        yield heard
    finally:
        for one, handlers, propagate in before:
            one.handlers, one.propagate = handlers, propagate
        got_request_exception.disconnect(note)


def _loggers() -> list[logging.Logger]:
    known = list(logging.Logger.manager.loggerDict.values())
    return [one for one in known if isinstance(one, logging.Logger)]


class _Errors(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("django.security"):  # says "error" of a Host that is none
            return
        self.heard.append(f"logged by {record.name}: {record.getMessage()}")


class Hangs(Exception):
    pass


@contextmanager
def _no_longer_than(seconds: int) -> Iterator[None]:
    def ring(number: int, frame: Any) -> None:
        raise Hangs(f"no answer after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
