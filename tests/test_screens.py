"""The visual index shows each page of the table, and no picture is missing or left over."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from PIL import Image

from scripts.screenshots import index
from scripts.screenshots.table import GROUPS, SHOTS, files

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
LARGEST = 8_000_000  # bytes: the pictures are part of every clone
WIDTHS = {"desktop": 1280, "phone": 390}
FILM = ROOT / "docs" / "demo.webp"
LARGEST_FILM = 1_500_000  # bytes: whoever opens the README fetches it


def test_the_index_is_written_from_the_table() -> None:
    assert (ROOT / "docs" / "screens.md").read_text() == index.page(), "run make screenshots"


def test_each_page_has_its_pictures_and_each_picture_its_page() -> None:
    wanted = {name for shot in SHOTS for name in files(shot.name)}

    assert {path.name for path in IMAGES.glob("*.webp")} == wanted


def test_each_picture_of_the_index_is_there() -> None:
    shown = re.findall(r'(?:src|srcset)="(images/[^"]+)"', index.page())

    assert len(shown) == 4 * len(SHOTS)
    assert [name for name in shown if not (ROOT / "docs" / name).is_file()] == []


def test_names_and_titles_are_told_apart() -> None:
    names = Counter(shot.name for shot in SHOTS)
    titles = Counter((group.title, shot.title) for group in GROUPS for shot in group.shots)

    assert [name for name, count in (names + titles).items() if count > 1] == []


def test_the_pictures_are_small_together_and_as_wide_as_they_say() -> None:
    pictures = list(IMAGES.glob("*.webp"))

    assert sum(path.stat().st_size for path in pictures) <= LARGEST
    for path in pictures:
        size = path.stem.rsplit("-", 2)[1]
        with Image.open(path) as picture:
            assert picture.width == WIDTHS[size], path.name


def test_the_moving_picture_moves_and_is_small() -> None:
    with Image.open(FILM) as film:
        pictures, ever = film.n_frames, film.info["loop"] == 0

    assert pictures >= 8
    assert ever
    assert FILM.stat().st_size <= LARGEST_FILM
