"""Hands that know no mouse."""

from __future__ import annotations

from playwright.sync_api import Page


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the control with this test id, this id, these words or this label has the focus."""
    focused = page.locator(
        f'main [data-testid="{wanted}"]:focus, main [id="{wanted}"]:focus, '
        f'main :focus:has-text("{wanted}"), main label:has-text("{wanted}") :focus'
    )
    for _press in range(60):
        page.keyboard.press("Tab")
        if focused.count():
            return
    raise AssertionError(f"the keyboard does not reach {wanted!r}")


def press(page: Page, wanted: str, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def type_into(page: Page, wanted: str, text: str) -> None:
    tab_to(page, wanted)
    page.keyboard.type(text)
