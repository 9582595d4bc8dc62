"""Which words are the name, and what each of them becomes."""

from __future__ import annotations

import pytest

from scripts.rename.identity import Identity
from scripts.rename.texts import renamed

LOREM = Identity("Lorem", "lorem", "hello@localhost", 165, "Lorem contributors")
QUAY = Identity("Zephyr Quay", "zephyr-quay", "hi@quay.example", 20, "Quay Ltd", "1.2.3")
PIER = Identity("Pier", "pier", "hi@pier.example", 20, "Pier Ltd", "1.2.3")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Lorem is lorem.", "Zephyr Quay is zephyr-quay."),
        (r'"\n-- \nLorem\n"', r'"\n-- \nZephyr Quay\n"'),
        ("DEFAULT_FROM_EMAIL=Lorem <hello@localhost>", "DEFAULT_FROM_EMAIL=Zephyr Quay <hi@quay.example>"),
        ("image: lorem-demo", "image: zephyr-quay-demo"),
        ("postgres://lorem:lorem@db:5432/lorem", "postgres://zephyr_quay:zephyr_quay@db:5432/zephyr_quay"),
        ("POSTGRES_DB: lorem", "POSTGRES_DB: zephyr_quay"),
        ('name = f"lorem_browser_{uuid}"', 'name = f"zephyr_quay_browser_{uuid}"'),
        ('pg_dump lorem > "lorem-$(date).dump"', 'pg_dump zephyr_quay > "zephyr-quay-$(date).dump"'),
        (
            "lorems, Loremipsum, Florem and florem1 are words",
            "lorems, Loremipsum, Florem and florem1 are words",
        ),
        ("LOREM", "LOREM"),
        ("hello@localhost, othello@localhost", "hi@quay.example, othello@localhost"),
    ],
)
def test_whole_words_become_the_new_name(before: str, after: str) -> None:
    assert renamed("docs/page.md", before, LOREM, QUAY) == after


@pytest.mark.parametrize(
    "text", ["pg_dump lorem; name: lorem-demo; lorem_x", "Lorem <hello@localhost>, lorem\r\n"]
)
@pytest.mark.parametrize("between", [QUAY, PIER], ids=["two words", "one word"])
def test_the_way_does_not_matter(text: str, between: Identity) -> None:
    there = renamed("a.md", text, LOREM, between)

    assert renamed("a.md", there, between, LOREM) == text


def test_a_name_may_hold_the_one_before() -> None:
    longer = Identity("Lorem Cloud", "lorem-cloud", "hello@localhost", 165, "Lorem contributors", "1.2.3")
    once = renamed("a.md", "Lorem, lorem", LOREM, longer)

    assert once == "Lorem Cloud, lorem-cloud"
    assert renamed("a.md", once, longer, longer) == once
    assert renamed("a.md", once, longer, LOREM) == "Lorem, lorem"


def test_the_brand_has_one_line_of_its_own() -> None:
    css = ":root {\n  --accent-hue: 165;\n  --accent-chroma: 0.1;\n  --x: oklch(1 0 var(--accent-hue));\n"

    assert renamed("static/css/brand.css", css, LOREM, QUAY) == css.replace("hue: 165", "hue: 20")


def test_the_license_keeps_whom_it_names_first() -> None:
    text = "MIT License\n\nCopyright (c) 2026 Lorem contributors\n\nPermission is hereby granted\n"
    once = renamed("LICENSE", text, LOREM, QUAY)

    assert "Copyright (c) 2026 Lorem contributors\nCopyright (c) 2026 Quay Ltd\n\nPermission" in once
    assert renamed("LICENSE", once, QUAY, PIER) == once.replace("Quay Ltd", "Pier Ltd")
    assert renamed("LICENSE", once, QUAY, QUAY) == once
