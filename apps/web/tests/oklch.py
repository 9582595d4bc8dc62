"""WCAG's contrast of two colours. A token has to hold both ways that browsers bring it to the screen."""

from __future__ import annotations

from apps.core.colours import Rgb, cut_off, less_chroma, palette, tokens

__all__ = ["contrast", "cut_off", "less_chroma", "palette", "tokens"]


def contrast(one: Rgb, other: Rgb) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = rgb
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
