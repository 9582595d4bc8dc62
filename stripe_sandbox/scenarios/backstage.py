"""What only the sandbox has: its control API and pages that a script can send forms to."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


class Declined(Exception):
    """A hosted page said no."""


@dataclass(frozen=True)
class Backstage:
    url: str

    def control(self, method: str, path: str, **body: Any) -> Any:
        """`POST /_sandbox/<path>`. Raises Declined with the answer when it is refused."""
        data = json.dumps(body).encode() if body else None
        return json.loads(self._send(method, f"/_sandbox/{path}", data, "application/json"))

    def post_form(self, address: str, **fields: str) -> None:
        """Send a page's form, as a browser would."""
        data = urllib.parse.urlencode(fields).encode()
        self._send("POST", urllib.parse.urlsplit(address).path, data, "application/x-www-form-urlencoded")

    def _send(self, method: str, path: str, data: bytes | None, content_type: str) -> bytes:
        headers = {"Content-Type": content_type, "Origin": self.url}
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310 - our own server
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code == 303:  # a form was taken; where it leads may be the shop's site
                return b""
            raise Declined(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None

    @contextmanager
    def after_retries(self, what: str) -> Iterator[None]:
        """What the account does with a subscription when its last retry has failed."""
        before = self.control("POST", "settings")["after_retries"]
        self.control("POST", "settings", after_retries=what)
        try:
            yield
        finally:
            self.control("POST", "settings", after_retries=before)


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere)
