"""People with browsers of their own, as far as a server can tell: a socket, a session, a form's token."""

from __future__ import annotations

import html
import http.client
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.test import Client

from apps.users.models import CustomUser


class Visitor:
    """Somebody who is signed in at a running server.

    `look` reads a page with its form; `send` posts to any address with the token that came with it. Whoever
    has called `connect` is at the door already: fifty who knock in one moment are too many for the queue of
    a small server.
    """

    def __init__(self, server: str, user: CustomUser) -> None:
        self.host = urlsplit(server).netloc
        self.user = user
        client = Client()
        client.force_login(user)
        self.cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
        self.token = ""
        self.connection: http.client.HTTPConnection | None = None

    def connect(self) -> None:
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.connection.connect()

    def look(self, path: str) -> str:
        _status, page = self._ask("GET", path)
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page):
            self.token = found[1]
        return page

    def send(self, path: str, **fields: Any) -> tuple[int, str]:
        """Status and words of the answer; where it leads is not followed."""
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": self.token, **fields}))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Connection": "close",
        }
        connection, self.connection = self.connection, None
        connection = connection or http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = html.unescape(answer.read().decode())
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, value = cookie.split(";")[0].split("=", 1)
                self.cookies[name] = value
            return answer.status, page
        finally:
            connection.close()
