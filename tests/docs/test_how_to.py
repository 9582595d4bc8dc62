"""Each page of docs/how-to is done as it says, in a copy, up to its own tests. Then the style holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks
from tests.docs.place import ROOT, Place

PAGES = sorted(path for path in (ROOT / "docs" / "how-to").glob("*.md") if path.name != "README.md")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_works_as_it_says(page: Path, place: Place) -> None:
    for block in blocks(page):
        place.carry_out(block)

    place.run(f".venv/bin/python -m ruff check {' '.join(written_by(page))}")
    place.run(f".venv/bin/python -m ruff format --check {' '.join(written_by(page))}")
    place.run(".venv/bin/python scripts/lint.py layers")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_ends_with_a_test_that_its_reader_runs(page: Path) -> None:
    assert shown_by(blocks(page))


def written_by(page: Path) -> list[str]:
    return sorted({block.title for block in blocks(page) if block.title.endswith(".py")})


def shown_by(steps: list[Block]) -> list[str]:
    """The tests that a page writes and lets its reader run."""
    ran = " ".join(block.text for block in steps if block.language == "shell")
    written = [block.title for block in steps if "/test_" in block.title]
    return [name for name in written if name in ran or f"pytest {name.partition('/tests')[0]}" in ran]
