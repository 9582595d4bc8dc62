"""What a browser does that a bare client does not: the form's token, its own address, what a proxy says.

The product believes that it listens behind a proxy which speaks https, as on a server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from locust.clients import HttpSession, ResponseContextManager
from requests.adapters import HTTPAdapter

LONGEST_WAIT = 30  # seconds; then it counts as an error
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Browser:
    """One person's. Each request has a `kind`, under which the report counts it."""

    def __init__(self, session: HttpSession, number: int) -> None:
        self.session = session
        self.site = session.base_url
        session.headers["X-Forwarded-Proto"] = "https"
        session.mount("http://", _From(_address(number)))
        self.page = ""

    def visit(self, path: str, kind: str, *, expect: int = 200, has: str = "") -> str:
        """A page that has to contain `has`. It is the one whose forms are sent next."""
        with self._asked("GET", path, kind, expect, has) as answer:
            self.page = answer.text or ""
        return self.page

    def fragment(self, path: str, kind: str, data: dict[str, str] | None = None, *, has: str = "") -> None:
        """What htmx fetches into the page."""
        headers = {"HX-Request": "true", "HX-Current-URL": self.site}
        method = "GET" if data is None else "POST"
        with self._asked(method, path, kind, 200, has, data=self._form(data), headers=headers):
            pass

    def send(self, path: str, kind: str, **data: str) -> str:
        """A form of the page. Leads on to another: returns where."""
        with self._asked("POST", path, kind, 302, data=self._form(data)) as answer:
            return str(answer.headers.get("Location", ""))

    def _form(self, data: dict[str, str] | None) -> dict[str, str] | None:
        if data is None:
            return None
        token = TOKEN.search(self.page)
        return {**data, "csrfmiddlewaretoken": token[1] if token else ""}

    @contextmanager
    def _asked(
        self, method: str, path: str, kind: str, expect: int, has: str = "", headers: Any = None, **more: Any
    ) -> Iterator[ResponseContextManager]:
        secure = self.site.replace("http://", "https://")
        sent = {"Referer": f"{secure}{path}", **({"Origin": secure} if method == "POST" else {})}
        with self.session.request(
            method,
            path,
            name=kind,
            headers={**sent, **(headers or {})},
            allow_redirects=False,
            catch_response=True,
            timeout=LONGEST_WAIT,
            **more,
        ) as answer:
            if wrong := _wrong(answer, expect, has):
                answer.failure(wrong)
            else:
                answer.success()  # a 404, too, where it is what has to come
            for cookie in self.session.cookies:
                cookie.secure = False  # as if it came by https
            yield answer


def _wrong(answer: ResponseContextManager, expect: int, has: str) -> str:
    """What is, "" if nothing."""
    if not answer.status_code:
        return f"no answer: {answer.error!r}"
    if answer.status_code != expect:
        return f"{answer.status_code} {answer.headers.get('Location', '')} instead of {expect}"
    return "" if has in answer.text else f"without {has!r}"


class _From(HTTPAdapter):
    """Calls from an address of one's own: limits per address are there for strangers who guess passwords."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        return super().init_poolmanager(*args, source_address=(self._address, 0), **kwargs)


def _address(number: int) -> str:
    """Linux answers for all of 127.0.0.0/8."""
    return f"127.1.{number // 250}.{number % 250 + 1}"
