"""Somebody who chose the colours of all pages: grounds and shadows are gone, what is chosen still shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.audit import unseen_focus
from tests.browser.house import Open

LOOK = """element => {
  const {backgroundColor, borderBottomColor, color} = getComputedStyle(element);
  return [backgroundColor, borderBottomColor, color].join();
}"""


def look(element: Locator) -> str:
    expect(element.first).to_be_visible()
    return str(element.first.evaluate(LOOK))


@pytest.mark.parametrize(
    ("name", "chosen", "other"),
    [
        ("/pricing/?seats=12", ".segments label:has(:checked)", ".segments label:not(:has(:checked))"),
        ("paid:team/", ".rail-link[aria-current]", ".rail-link:not([aria-current])"),
        ("/pricing/?seats=12", ".topbar-link[aria-current]", ".topbar-link:not([aria-current])"),
    ],
)
def test_what_is_chosen_differs_from_what_is_not(open_page: Open, name: str, chosen: str, other: str) -> None:
    page = open_page(name, forced_colors="active").page

    assert look(page.locator(chosen)) != look(page.locator(other))


@pytest.mark.parametrize(
    "name", ["/accounts/login/", "/pricing/?seats=12", "named:team/", "paid:subscription/"]
)
def test_the_keyboard_is_seen(open_page: Open, name: str) -> None:
    assert unseen_focus(open_page(name, forced_colors="active").page) == []
