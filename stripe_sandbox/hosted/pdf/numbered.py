"""Pages that know how many there are: the footers are written when all pages are laid out."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from stripe_sandbox.hosted.pdf.letters import TEXT

MUTED = HexColor("#5b616b")
SANDBOX = "Made by the Stripe sandbox: not a demand for money."


class Numbered(Canvas):
    def __init__(self, *args: Any, footer: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.footer = footer
        self.pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self.pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for page in self.pages:
            self.__dict__.update(page)
            self.write_footer(len(self.pages))
            super().showPage()
        super().save()

    def write_footer(self, count: int) -> None:
        self.setFont(TEXT, 8)
        self.setFillColor(MUTED)
        self.drawString(20 * mm, 12 * mm, SANDBOX)
        place = f"{self.footer}, page {self._pageNumber} of {count}"
        self.drawRightString(self._pagesize[0] - 20 * mm, 12 * mm, place)
