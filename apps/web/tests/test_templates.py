"""House rules of templates, as failures with a cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
PAGES = [name for name in TEMPLATES if name.endswith(".html") and not name.startswith("emails/")]
PARTS = [name for name in PAGES if name.startswith("components/") or "/_" in name]
SPRITE = (Path(settings.BASE_DIR) / "static/img/icons.svg").read_text()
ICONS = set(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE))

INLINE = {
    "a style attribute": r"<[^>]+\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline handler": r"<[^>]+\son[a-z]+\s*=\s*[\"']",
    "a javascript: address": r"javascript:",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "something from another host": r"(?:src|href)=\"(?:https?:)?//",
}


def source(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", PARTS)
def test_every_part_says_what_goes_in(name):
    first_line = source(name).splitlines()[0]
    frame = first_line.startswith("{# The frame")

    assert frame or first_line.startswith("{# Input:"), f"Begin {name} with {{# Input: … #}}"


@pytest.mark.parametrize("name", PAGES)
def test_pages_keep_the_content_security_policy(name):
    broken = [what for what, pattern in INLINE.items() if re.search(pattern, source(name))]

    assert not broken, f"{name} has {broken}: the browser will refuse it"


@pytest.mark.parametrize("name", PAGES)
def test_parts_see_only_what_they_are_given(name):
    includes = re.findall(r"{% include [^%]+%}", source(name))

    assert [tag for tag in includes if not tag.endswith(" only %}")] == []


def test_every_icon_in_use_is_in_the_sprite_and_no_other():
    used = set()
    for name in PAGES:
        used |= set(re.findall(r'components/icon\.html" with name="([a-z0-9-]+)"', source(name)))
        used |= set(re.findall(r'\bicon(?:_end)?="([a-z0-9-]+)"', source(name)))

    assert used == ICONS
