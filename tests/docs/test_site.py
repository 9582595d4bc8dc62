"""What the check of the built site finds. The site itself is built by `scripts/lint.py docs`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.docs import faults
from tests.docs.place import ROOT

GOOD = '<a id="here" href="b.html#there">b</a><img src="p.webp"><a href="https://example.com/">out</a>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "a.html").write_text(GOOD)
    (tmp_path / "b.html").write_text('<h2 id="there">There</h2><a href="a.html#here">a</a>')
    (tmp_path / "p.webp").write_bytes(b"")
    return tmp_path


def test_a_site_that_is_whole_has_no_faults(site: Path) -> None:
    assert list(faults(site)) == []


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<a href="gone.html">x</a>', "gone.html is not there"),
        ('<img src="gone.webp">', "gone.webp is not there"),
        ('<a href="b.html#gone">x</a>', "b.html#gone: no such heading"),
        ('<a href="#gone">x</a>', "#gone: no such heading"),
        ('<script src="https://cdn.example/x.js"></script>', "fetches https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//fonts.example/x.css">', "fetches //fonts.example/x.css"),
    ],
)
def test_what_is_wrong_is_named_with_its_page(site: Path, html: str, fault: str) -> None:
    (site / "c.html").write_text(html)

    assert list(faults(site)) == [f"c.html: {fault}"]


def test_every_page_has_its_place_in_the_navigation() -> None:
    named = set(re.findall(r"- ([\w/-]+\.md)", (ROOT / "mkdocs.yml").read_text()))
    there = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}

    assert there - named == set()
    assert named - there == {"changelog.md", "contributing.md", "reporting.md"}  # of the root
