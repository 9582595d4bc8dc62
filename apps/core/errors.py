from __future__ import annotations


class Refused(Exception):
    """A rule of the house says no. `text` tells the person why; nothing was changed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
