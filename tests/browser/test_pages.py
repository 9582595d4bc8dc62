"""Each page as everybody meets it: axe-core, a phone, large letters, a keyboard, a thumb, no motion."""

from __future__ import annotations

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.audit import (
    DESK,
    PHONE,
    cut_off,
    in_motion,
    leaps,
    spread_text,
    too_small,
    too_wide,
    unseen_focus,
    violations,
)
from tests.browser.house import PAGES, Open

# A desk at 200 % and at 400 %, a usual phone, and a desk with letters far apart.
ZOOMED: list[ViewportSize] = [{"width": 640, "height": 450}, {"width": 320, "height": 256}, PHONE]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_the_keyboard_is_seen_and_goes_as_one_reads(open_page: Open, name: str) -> None:
    page = open_page(name).page

    assert violations(page) == []
    assert in_motion(page) == []
    for window in (DESK, PHONE):
        page.set_viewport_size(window)
        assert unseen_focus(page) == [], window
        assert leaps(page) == [], window


@pytest.mark.parametrize("name", PAGES)
def test_large_letters_far_apart_fit_and_a_thumb_hits(open_page: Open, name: str) -> None:
    page = open_page(name, viewport=PHONE, is_mobile=True, has_touch=True).page

    assert too_small(page) == []
    for window in ZOOMED:
        page.set_viewport_size(window)
        assert too_wide(page) + cut_off(page) == [], window
    spread_text(page)
    for window in (PHONE, DESK):
        page.set_viewport_size(window)
        assert too_wide(page) + cut_off(page) == [], ("spread", window)
