"""Everybody's mail: the product's worker writes each as a file, and people find their invitation in it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import gevent

TO = re.compile(r"^To: (\S+)", re.M)
INVITATION = re.compile(r"https?://[^/\s]+(/teams/invitations/[\w-]+/)")
END = "-" * 79  # Django's file backend writes it after each mail


class Mailbox:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: set[str] = set()
        self._links: dict[str, list[str]] = {}

    def wait_for_invitation(self, email: str, seconds: float) -> str:
        """The path in the oldest unread one; "" if none has come in time."""
        deadline = time.monotonic() + seconds
        while not self._links.get(email):
            if time.monotonic() > deadline:
                return ""
            gevent.sleep(0.1)
            self._look()
        return self._links[email].pop(0)

    def _look(self) -> None:
        for file in sorted(self.folder.glob("*.log")):
            if file.name not in self._read and (text := file.read_text()).rstrip().endswith(END):
                self._read.add(file.name)
                self._keep(text)

    def _keep(self, text: str) -> None:
        to, link = TO.search(text), INVITATION.search(text)
        if to and link:
            self._links.setdefault(to[1], []).append(link[1])
