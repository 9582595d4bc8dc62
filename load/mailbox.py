"""Everybody's mail: the product's worker writes each as a file, and people find their invitation in it."""

from __future__ import annotations

import os
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
        self._read: dict[
            str, tuple[int, int]
        ] = {}  # file -> its size when we looked, and how many mails it had
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
        """Two workers that write in the same second may share a file: it grows after we have read it."""
        for file in os.scandir(self.folder):
            size, count = self._read.get(file.name, (0, 0))
            if (now := file.stat().st_size) != size:
                mails = Path(file.path).read_text().split(END)[:-1]
                self._read[file.name] = now, len(mails)
                for mail in mails[count:]:
                    self._keep(mail)

    def _keep(self, mail: str) -> None:
        to, link = TO.search(mail), INVITATION.search(mail)
        if to and link:
            self._links.setdefault(to[1], []).append(link[1])
