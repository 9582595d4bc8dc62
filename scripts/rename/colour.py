"""From a colour as brands write it (#0a7d4f) to its angle in OKLCH, which is all that brand.css needs."""

from __future__ import annotations

import math
import re

GREY = 0.02  # chroma below which the eye sees no hue


class NoHue(Exception):
    pass


def hue_of(colour: str) -> int:
    if re.fullmatch(r"\d{1,3}", colour) and int(colour) <= 360:
        return int(colour) % 360
    if not (match := re.fullmatch(r"#?([0-9a-fA-F]{6})", colour)):
        raise NoHue(f"{colour!r} is no colour.")
    a, b = _oklab([int(match[1][at : at + 2], 16) / 255 for at in (0, 2, 4)])
    if math.hypot(a, b) < GREY:
        raise NoHue(f"{colour!r} is a grey and has no hue.")
    return round(math.degrees(math.atan2(b, a))) % 360


def _oklab(encoded: list[float]) -> tuple[float, float]:
    """Björn Ottosson's matrices, as in CSS Color 4; the two axes of colour without the lightness."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in encoded
    )
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )
