"""One invoice on A4: who, when, what, how much."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from stripe_sandbox.hosted.pages import words
from stripe_sandbox.hosted.pdf.letters import TEXT, markup, register
from stripe_sandbox.hosted.pdf.numbered import Numbered

INK, MUTED, HAIRLINE, ACCENT = (
    HexColor("#1d2129"),
    HexColor("#5b616b"),
    HexColor("#dcdcd8"),
    HexColor("#0f6b4f"),
)
BAD = HexColor("#a3261b")
WIDTH = A4[0] - 40 * mm
COLUMNS = [WIDTH - 62 * mm, 22 * mm, 40 * mm]
BARE = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
TOP = [*BARE, ("VALIGN", (0, 0), (-1, -1), "TOP")]


def style(size: float, colour: Any = INK, right: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        "",
        fontName=TEXT,
        fontSize=size,
        leading=size * 1.45,
        textColor=colour,
        alignment=TA_RIGHT if right else 0,
        splitLongWords=1,
    )


def text(
    words: str, size: float = 9.5, bold: bool = False, colour: Any = INK, right: bool = False
) -> Paragraph:
    return Paragraph(markup(words, bold), style(size, colour, right))


def printed(document: dict[str, Any], shop: str) -> bytes:
    """The PDF's bytes; the same invoice gives the same bytes."""
    register()
    buffer = io.BytesIO()
    title = f"Invoice {document['number']}"
    template = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        margins=0,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=22 * mm,
        title=title,
        author=shop,
        lang="en",
        invariant=1,
    )
    story = [*head(document), *people(document, shop), lines(document), *totals(document)]
    template.build(story, canvasmaker=lambda *args, **kwargs: Numbered(*args, footer=title, **kwargs))
    return buffer.getvalue()


def head(document: dict[str, Any]) -> list[Any]:
    status = document["status"]
    colour = {"paid": ACCENT, "void": BAD, "uncollectible": BAD}.get(status, MUTED)
    row = [
        text(f"Invoice {document['number']}", 18, bold=True),
        text(words.status_words(status), 11, bold=True, colour=colour, right=True),
    ]
    return [Table([row], [WIDTH - 40 * mm, 40 * mm], style=TableStyle(TOP)), Spacer(0, 5 * mm)]


def people(document: dict[str, Any], shop: str) -> list[Any]:
    facts = [text(f"{label}: {words.day(at)}") for label, at in document["dates"]]
    facts += [text(f"{field['name']}: {field['value']}") for field in document["fields"]]
    columns = [
        [text("From", 8, colour=MUTED), text(shop, bold=True), *facts],
        [
            text("Billed to", 8, colour=MUTED),
            *(text(line, bold=place == 0) for place, line in enumerate(document["billed_to"])),
        ],
    ]
    half = WIDTH / 2
    return [Table([columns], [half, half], style=TableStyle(TOP)), Spacer(0, 9 * mm)]


def lines(document: dict[str, Any]) -> Table:
    currency = document["currency"]
    header = [
        text("Description", 8, colour=MUTED),
        text("Quantity", 8, colour=MUTED, right=True),
        text("Amount", 8, colour=MUTED, right=True),
    ]
    rows = [
        [
            [text(line["description"]), *([text(line["period"], 8, colour=MUTED)] if line["period"] else [])],
            text(line["quantity"], right=True),
            text(words.money(line["amount"], currency), right=True),
        ]
        for line in document["lines"]
    ]
    rows = rows or [[text("There are no lines.", colour=MUTED), "", ""]]
    rules = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, HAIRLINE),
        ("TOPPADDING", (0, 0), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]
    return Table([header, *rows], COLUMNS, repeatRows=1, style=TableStyle([*TOP, *rules]))


def totals(document: dict[str, Any]) -> list[Any]:
    currency = document["currency"]
    rows = [
        [text(label), text(words.money(amount, currency), right=True)] for label, amount in document["sums"]
    ]
    label, amount = document["grand"]
    rows.append([text(label, 11, bold=True), text(words.money(amount, currency), 11, bold=True, right=True)])
    rules = [("LINEABOVE", (0, -1), (-1, -1), 0.75, INK), ("TOPPADDING", (0, -1), (-1, -1), 6)]
    wide = [WIDTH / 2 - 40 * mm, 40 * mm]
    table = Table(rows, wide, style=TableStyle([*BARE, *rules]), hAlign="RIGHT")
    notes = [text(note, 8.5, colour=MUTED) for note in document["notes"]]
    return [Spacer(0, 6 * mm), table, Spacer(0, 8 * mm), *notes]
