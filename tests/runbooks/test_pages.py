"""Every page has the same parts, is in the index, and is walked by a test of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runbooks.walk import FOLDER, SECTIONS, Page

NAMES = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_its_parts_in_this_order(name: str) -> None:
    page = Page.read(name)

    assert [title for title in page.sections if title in SECTIONS] == SECTIONS
    assert len(page.text.splitlines()) < 150, "Somebody reads this at three in the morning"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_in_the_index_and_is_walked(name: str) -> None:
    walks = Path(__file__).parent / f"test_{name.replace('-', '_')}.py"

    assert f"({name}.md)" in (FOLDER / "README.md").read_text()
    assert f'walking("{name}")' in walks.read_text()
