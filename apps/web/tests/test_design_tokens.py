"""The design's tokens: every hue of the brand can be read, and nobody writes a colour past them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from apps.web.tests.oklch import contrast, cut_off, less_chroma, palette, tokens

ROOT = Path(settings.BASE_DIR)
HUES = range(0, 360, 15)
WASHES = ["accent-wash", "warn-wash", "danger-wash", "info-wash"]
PLAIN = ["paper", "surface", "sunken"]

# Text people read at length.
BODY = [("ink", ground) for ground in PLAIN + WASHES]
# All other text: notes, links, words on buttons and badges.
OTHER = [("ink-muted", ground) for ground in PLAIN + WASHES]
OTHER += [("accent", ground) for ground in PLAIN + WASHES]
OTHER += [("accent-strong", ground) for ground in PLAIN + WASHES]
OTHER += [
    (tone, ground) for tone in ("warn", "danger", "info") for ground in ["paper", "surface", f"{tone}-wash"]
]
OTHER += [("accent-ink", "accent"), ("accent-ink", "accent-strong"), ("danger-ink", "danger")]
OTHER += [("code-ink", "code-ground"), ("code-accent", "code-ground")]
# What shows where a control is, or how full a meter: its edge, the ring of the keyboard, the bar.
EDGES = [("field-border", ground) for ground in PLAIN]
EDGES += [("accent", "hairline"), ("warn", "hairline"), ("danger", "hairline")]

NEEDS = [(7.0, BODY), (4.5, OTHER), (3.0, EDGES)]

# hex, and the functions of CSS that make a colour; `#word` in an address or a selector is none
COLOUR = re.compile(
    r"(?<![\w&/-])#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b(?![\w-])|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(",
    re.I,
)
# Where a variable does not reach: mail programs know none, and an icon in a browser's tab stands alone.
WITHOUT_VARIABLES = ["templates/emails/", "static/img/mark.svg"]
LOOKED_AT = ["assets/css/*.css", "templates/**/*.html", "static/js/**/*.js", "static/img/*.svg"]


@pytest.mark.parametrize("to_srgb", [cut_off, less_chroma])
@pytest.mark.parametrize("hue", HUES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_whatever_hue_the_brand_has(scheme, hue, to_srgb):
    colours = palette(scheme, hue, to_srgb)

    too_faint = [
        f"--{text} on --{ground}: {found:.2f}, needs {least}"
        for least, pairs in NEEDS
        for text, ground in pairs
        if (found := contrast(colours[text], colours[ground])) < least
    ]

    assert not too_faint


def test_contrast_is_measured_as_wcag_does():
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast(palette("light", 165, cut_off)["surface"], (1, 1, 1)) == pytest.approx(1, abs=0.001)


def test_space_and_type_are_the_scales_of_the_design():
    written = tokens()
    unit = float(written["space-unit"].removesuffix("rem")) * 16
    steps = [float(written[f"space-{step}"].split("* ")[1].rstrip(")")) for step in range(1, 9)]
    sizes = [float(written[f"text-{name}"].removesuffix("rem")) * 16 for name in TYPE]

    assert [step * unit for step in steps] == [4, 8, 12, 16, 24, 32, 48, 72]
    assert sizes == [13, 15, 17, 20, 25, 34, 48]


TYPE = ["xs", "sm", "base", "lg", "xl", "2xl", "3xl"]


def test_who_links_the_tokens_asks_for_the_font_first():
    """Tokens say `font-display: optional`: a font that is asked for once they are read comes too late."""
    texts = {path.name: path.read_text() for path in (ROOT / "templates").rglob("*.html")}
    linking = {name: text for name, text in texts.items() if 'static "css/brand.css"' in text}

    late = [
        name for name, text in linking.items() if not 0 < text.find("fonts/") < text.find("css/brand.css")
    ]

    assert len(linking) >= 3
    assert late == []


@pytest.mark.parametrize("pattern", LOOKED_AT)
def test_colours_stand_in_brand_css_only(pattern):
    files = [path for path in ROOT.glob(pattern) if not exempt(path)]

    literals = [
        f"{path.relative_to(ROOT)}: {found}" for path in files for found in COLOUR.findall(path.read_text())
    ]

    assert files
    assert not literals, f"Give them a name in static/css/brand.css: {literals}"


def exempt(path: Path) -> bool:
    return any(path.relative_to(ROOT).as_posix().startswith(start) for start in WITHOUT_VARIABLES)
