"""The tab's icon has the colour of the pages."""

from __future__ import annotations

from apps.core.colours import cut_off, in_hex, palette
from scripts.mark_colours import in_brand_colours


def test_the_mark_takes_the_accent_of_both_schemes() -> None:
    light, dark = (in_hex(palette(scheme, None, cut_off)["accent"]) for scheme in ("light", "dark"))

    svg = in_brand_colours("<style>path{fill:#000000}@media{path{fill:#ffffff}}</style><path fill='none'/>")

    assert svg == f"<style>path{{fill:{light}}}@media{{path{{fill:{dark}}}}}</style><path fill='none'/>"
