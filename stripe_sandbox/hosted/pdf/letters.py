"""Which font prints which letter, so that a name in any script comes out."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from anyascii import anyascii
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from stripe_sandbox.hosted.pdf.right_to_left import visual

FONTS = Path(__file__).resolve().parent.parent / "fonts"
TEXT, BOLD, WIDE = "Figtree", "Figtree-SemiBold", "DejaVu"
FILES = {TEXT: "figtree-regular.ttf", BOLD: "figtree-semibold.ttf", WIDE: "dejavu-sans.ttf"}
JAPANESE, CHINESE, KOREAN = "HeiseiKakuGo-W5", "STSong-Light", "HYGothic-Medium"
EAST = ((0x2E80, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x2FFFF))
LOCK = threading.Lock()


@cache
def known_letters(font: str) -> frozenset[int]:
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)


def register() -> None:
    with LOCK:
        for name, file in FILES.items():
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(name, FONTS / file))
        for name in (JAPANESE, CHINESE, KOREAN):
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(UnicodeCIDFont(name))


def markup(text: str, bold: bool = False) -> str:
    """The text for a Paragraph: each stretch of letters names the font that has them."""
    first, eastern = BOLD if bold else TEXT, eastern_font(text)
    plain = unicodedata.normalize("NFC", text).replace("\n", " ")
    letters = [
        pair for letter in visual(printable(plain, first)) for pair in set_letter(letter, first, eastern)
    ]
    stretches = groupby(letters, key=lambda pair: pair[0])
    return "".join(
        f'<font name="{font}">{escape("".join(letter for _, letter in pairs))}</font>'
        for font, pairs in stretches
    )


def printable(text: str, first: str) -> str:
    """Control characters go; letters that no font has are spelled in Latin ones."""
    return "".join(
        letter if has(letter, first) else anyascii(letter)
        for letter in text
        if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )


def has(letter: str, first: str) -> bool:
    code = ord(letter)
    return is_eastern(letter) or code in known_letters(first) or code in known_letters(WIDE)


def set_letter(letter: str, first: str, eastern: str) -> list[tuple[str, str]]:
    if ord(letter) in known_letters(first):
        return [(first, letter)]
    if is_eastern(letter):
        return [(eastern, letter)]
    return [(WIDE, letter)]


def is_eastern(letter: str) -> bool:
    return any(low <= ord(letter) <= high for low, high in EAST)


def eastern_font(text: str) -> str:
    """Kana tell Japanese, Hangul Korean; Han letters alone are read as Chinese."""
    if any(0x3040 <= ord(letter) <= 0x30FF for letter in text):
        return JAPANESE
    return KOREAN if any(0xAC00 <= ord(letter) <= 0xD7A3 for letter in text) else CHINESE
