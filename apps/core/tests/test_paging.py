"""Which page of a long list an address leads to."""

from __future__ import annotations

import pytest

from apps.core.paging import NearestPages


@pytest.mark.parametrize(
    ("asked", "shown"),
    [(None, 1), ("", 1), ("abc", 1), ("0", 1), ("-3", 1), ("9" * 5000, 1), ("1", 1), ("2", 2), ("99", 3)],
    ids=lambda value: repr(value)[:8],
)
def test_any_number_leads_to_the_nearest_page(asked, shown):
    assert NearestPages(range(25), 10).get_page(asked).number == shown
