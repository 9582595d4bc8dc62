from __future__ import annotations

import pytest
from django.utils import translation

from apps.core.numbers import number_text, size_text


@pytest.mark.parametrize(("language", "text"), [("en", "12,000"), ("de", "12.000")])
def test_thousands_are_set_apart_as_the_reader_does(language, text):
    with translation.override(language):
        assert number_text(12_000) == text


def test_small_numbers_stay_as_they_are():
    assert [number_text(number) for number in (0, 7, 999)] == ["0", "7", "999"]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["0 kB", "1 kB", "13 kB", "2.4 MB", "1.5 GB"]),
        ("fr", ["0 ko", "1 ko", "13 ko", "2,4 Mo", "1,5 Go"]),
    ],
)
def test_sizes_are_in_the_units_in_which_limits_are_told(language, texts):
    with translation.override(language):
        found = [size_text(size) for size in (0, 3, 12_345, 2_400_000, 1_500_000_000)]

    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in found] == texts
