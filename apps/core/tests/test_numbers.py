from __future__ import annotations

import pytest
from django.utils import translation

from apps.core.numbers import number_text


@pytest.mark.parametrize(("language", "text"), [("en", "12,000"), ("de", "12.000")])
def test_thousands_are_set_apart_as_the_reader_does(language, text):
    with translation.override(language):
        assert number_text(12_000) == text


def test_small_numbers_stay_as_they_are():
    assert [number_text(number) for number in (0, 7, 999)] == ["0", "7", "999"]
