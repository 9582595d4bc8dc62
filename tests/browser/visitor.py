"""A browser window that notes every complaint: errors and warnings, refused scripts, other hosts."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, WebError

PATIENCE = 15_000  # milliseconds a step may take


class Visitor:
    def __init__(self, browser: Browser, *sites: str, **options: Any) -> None:
        """`sites`: where requests may go, the first one being home. `options`: Playwright's for a context."""
        defaults = {"locale": "en-US", "timezone_id": "UTC", "reduced_motion": "reduce"}
        self._hosts = {urlsplit(site).netloc for site in sites}
        self._complaints: list[str] = []
        self._foreseen: list[str] = []
        self.context = browser.new_context(base_url=sites[0], **{**defaults, **options})
        self.context.set_default_timeout(PATIENCE)
        self.context.on("console", self._on_console)
        self.context.on("weberror", self._on_error)
        self.context.on("request", self._on_request)
        self.page: Page = self.context.new_page()

    def foresee(self, pattern: str) -> None:
        """One complaint that belongs to the story, a 402 for example; it has to come."""
        self._foreseen.append(pattern)

    def leave(self) -> list[str]:
        """Close the window. What it complained about, and what was foreseen in vain."""
        self.context.close()
        return self._complaints + [f"did not happen: {pattern}" for pattern in self._foreseen]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"{message.type} on {message.location.get('url')}: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self._complain(f"exception: {error.error}")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc not in self._hosts:
            self._complain(f"request to another host: {request.url}")

    def _complain(self, text: str) -> None:
        for pattern in self._foreseen:
            if re.search(pattern, text):
                self._foreseen.remove(pattern)
                return
        self._complaints.append(text)
