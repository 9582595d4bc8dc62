"""The mark in the colours of brand.css: as the tab's icon it is a file of its own, and reads no variable."""

import re

from apps.core.colours import cut_off, in_hex, palette


def in_brand_colours(svg: str) -> str:
    """Its first colour is for light tabs, its second for dark ones."""
    colours = iter(in_hex(palette(scheme, None, cut_off)["accent"]) for scheme in ("light", "dark"))
    return re.sub(r"(?<=fill:)#[0-9a-f]{6}", lambda _: next(colours), svg)
