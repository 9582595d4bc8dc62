"""The tokens of brand.css as a browser computes them, for where no variable reaches: OKLCH to sRGB.

Not every lightness and chroma exists in sRGB at every hue. Chromium cuts each channel off where it ends; the
standard asks for less chroma instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

BRAND = Path(settings.BASE_DIR) / "static" / "css" / "brand.css"
TOKEN = re.compile(r"^\s+--([\w-]+):\s*(.+?);", re.MULTILINE | re.DOTALL)
PAIR = re.compile(r"light-dark\((.+)\)$", re.DOTALL)
OKLCH = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)")

Rgb = tuple[float, float, float]


def tokens() -> dict[str, str]:
    """Those of the first :root, as they are written."""
    root = BRAND.read_text().split(":root {", 1)[1].split("\n}", 1)[0]
    return {name: " ".join(value.split()) for name, value in TOKEN.findall(root)}


def palette(scheme: str, hue: int | None, to_srgb: Callable[[Rgb], Rgb]) -> dict[str, Rgb]:
    """Each colour of the brand in "light" or "dark", with the accent at this hue (None: the brand's own)."""
    written = tokens() if hue is None else tokens() | {"accent-hue": str(hue)}
    found = {name: OKLCH.fullmatch(_resolved(value, scheme, written)) for name, value in written.items()}
    return {name: to_srgb(_lch(match)) for name, match in found.items() if match}


def in_hex(rgb: Rgb) -> str:
    """As mail programs take it. From linear light to the encoded channels of sRGB."""
    encoded = (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in rgb)
    return "#" + "".join(f"{round(255 * part):02x}" for part in encoded)


def cut_off(lch: Rgb) -> Rgb:
    red, green, blue = _to_linear_rgb(lch)
    return _clamp(red), _clamp(green), _clamp(blue)


def less_chroma(lch: Rgb) -> Rgb:
    """The most chroma that sRGB has at this lightness and hue."""
    lightness, chroma, hue = lch
    for part in range(100, 0, -1):
        given = (lightness, chroma * part / 100, hue)
        if _fits(_to_linear_rgb(given)):
            return cut_off(given)
    return cut_off((lightness, 0, hue))


def _resolved(value: str, scheme: str, written: dict[str, str]) -> str:
    value = re.sub(r"var\(--([\w-]+)\)", lambda match: written[match[1]], value)
    pair = PAIR.match(value)
    if not pair:
        return value
    light, dark = re.findall(r"oklch\([^)]+\)", pair[1])
    return light if scheme == "light" else dark


def _lch(match: re.Match[str]) -> Rgb:
    lightness, chroma, hue = map(float, match.groups())
    return lightness / 100, chroma, hue


def _to_linear_rgb(lch: Rgb) -> Rgb:
    """Björn Ottosson's matrices, as in CSS Color 4."""
    lightness, chroma, hue = lch
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _fits(rgb: Rgb) -> bool:
    return all(-1e-6 <= channel <= 1 + 1e-6 for channel in rgb)


def _clamp(channel: float) -> float:
    return min(1.0, max(0.0, channel))
