"""What is done on a page before its picture is taken: once on the desk, and once more on the phone."""

from __future__ import annotations

from playwright.sync_api import Page

CARD = {"number": "4242424242424242", "expiry": "1234", "cvc": "123", "name": "Olive Owner"}


def sign_in_wrongly(page: Page) -> None:
    _sign_in(page, "owner@example.com", "not this one")


def sign_in_with_code(page: Page) -> None:
    _sign_in(page, "tess@example.com", "lintel-demo")


def ask_for_code(page: Page) -> None:
    page.locator("[name=email]").fill("owner@example.com")
    page.locator("[name=email]").press("Enter")
    page.wait_for_load_state("networkidle")


def _sign_in(page: Page, email: str, password: str) -> None:
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_load_state("networkidle")


def confirm_password(page: Page) -> None:
    """What weighs much asks for it once more, unless somebody gave it a moment ago."""
    if page.locator("[name=password]").count():
        page.locator("[name=password]").fill("lintel-demo")
        page.locator("[name=password]").press("Enter")
        page.wait_for_load_state("networkidle")


def open_switcher(page: Page) -> None:
    """On a phone it is in the drawer, which opens first."""
    drawer = page.locator(".shell-bar [popovertarget=rail]")
    if drawer.is_visible():
        drawer.click()
    page.get_by_test_id("team-switcher").locator("summary").click()


def open_member(page: Page) -> None:
    page.get_by_test_id("member-row").filter(has_text="hana@example.com").locator("summary").click()


def price_of_two(page: Page) -> None:
    page.get_by_test_id("invite-email").press_sequentially("kit@example.com, lou@example.com")
    page.locator("#seat-cost p").first.wait_for()


def to_checkout(page: Page, plan: str = "pro-month") -> None:
    page.get_by_test_id(f"choose-{plan}").click()
    page.get_by_test_id("pay").wait_for()


def be_declined(page: Page) -> None:
    to_checkout(page)
    _pay(page, "4000000000000002")
    page.wait_for_load_state("networkidle")


def be_asked(page: Page) -> None:
    to_checkout(page, "starter-month")  # a trial has nothing to pay yet, and nothing to ask
    _pay(page, "4000002500003155")
    page.get_by_test_id("3ds-complete").wait_for()


def _pay(page: Page, number: str) -> None:
    for field, text in {**CARD, "number": number}.items():
        page.get_by_test_id(f"card-{field}").fill(text)
    page.get_by_test_id("pay").click()


def open_portal(page: Page) -> None:
    page.get_by_test_id("open-portal").first.click()
    page.wait_for_load_state("networkidle")


def to_portal(page: Page) -> None:
    open_portal(page)
    page.get_by_test_id("portal-cancel").wait_for()


def to_portal_cancel(page: Page) -> None:
    to_portal(page)
    page.get_by_test_id("portal-cancel").click()
    page.get_by_test_id("portal-cancel-confirm").wait_for()
