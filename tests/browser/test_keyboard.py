"""Without a mouse: what a page is for is in reach; a road is walked from sign-up to the end of a plan."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.account import eventually
from tests.browser.conftest import Arrive
from tests.browser.house import Open
from tests.browser.keyboard import press, tab_to, type_into
from tests.browser.person import PASSWORD, Person


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("/", "Start free"),
        ("/accounts/signup/", "Create account"),
        ("/accounts/login/", "Sign in"),
        ("/teams/", "Create a team"),
        ("free:team/", "invite-submit"),
        ("named:team/transfer/", "confirm-transfer"),
        ("named:team/delete/", "confirm-delete"),
        ("free:subscription/", "choose-pro-month"),
        ("paid:subscription/", "open-portal"),
        ("paid:subscription/", "cancel-plan"),
        ("paid:subscription/change/", "choose-starter-month"),
        ("paid:subscription/change/?plan=starter&interval=month&preview=1", "change-confirm"),
        ("paid:subscription/cancel/", "cancel-plan"),
        ("state:ending", "resume-plan"),
        ("state:past-due", "Update payment method"),
        ("checkout", "pay"),
        ("portal", "portal-cancel"),
    ],
)
def test_the_keyboard_reaches_what_the_page_is_for(open_page: Open, name: str, action: str) -> None:
    page = open_page(name).page

    tab_to(page, action)

    expect(page.locator(":focus")).to_be_visible()


def test_somebody_signs_up_invites_buys_and_cancels(arrive: Arrive) -> None:
    kim = arrive("kim.keys@example.com")
    page = kim.page

    kim.visit("/")
    press(page, "Start free")
    page.wait_for_url(re.compile("/signup/"))
    type_into(page, "id_email", kim.email)
    type_into(page, "id_password1", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/confirm-email/"))
    open_mail(kim, "Confirm")
    page.wait_for_url(re.compile("/confirm-email/"))
    press(page, "Confirm my address")
    expect(page).not_to_have_url(re.compile("confirm-email"))

    kim.visit("/teams/create/")
    type_into(page, "id_name", "Keys only")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/a/[^/]+/$"))
    team = re.sub("https?://[^/]+", "", page.url)
    kim.visit(f"{team}team/")
    type_into(page, "invite-email", "lee.keys@example.com")
    press(page, "invite-submit")
    expect(kim.by("invitation-row")).to_have_count(1)

    kim.visit(f"{team}subscription/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    press(page, "choose-starter-month")
    kim.by("pay").wait_for()
    for testid, text in CARD:
        type_into(page, testid, text)
    page.keyboard.press("Enter")
    kim.sees("subscription-status", "active")

    press(page, "cancel-plan")
    page.wait_for_url(re.compile("/cancel/"))
    press(page, "cancel-plan")
    kim.sees("ends-on")
    press(page, "resume-plan")
    expect(kim.by("ends-on")).to_have_count(0)


CARD = [
    ("card-number", "4242424242424242"),
    ("card-expiry", "1234"),
    ("card-cvc", "123"),
    ("card-name", "Ada Lovelace"),
]


def open_mail(person: Person, subject: str) -> None:
    """Its first link, by keyboard; mail comes when it comes."""
    mail = person.page.locator(f'[data-testid=mail][data-value="{person.email}"]', has_text=subject).first
    eventually(lambda: person.visit("/_mail/") == 200 and mail.is_visible(), f"mail about {subject!r}")
    link = mail.locator("a[href^=http]").first.get_attribute("href")
    press(person.page, str(link))


def test_the_drawer_of_a_phone_takes_the_keyboard_and_gives_it_back(open_page: Open) -> None:
    page = open_page("paid:", viewport={"width": 360, "height": 740}).page
    menu = page.get_by_role("button", name="Menu")
    rail = page.get_by_role("navigation", name="Main")

    menu.focus()
    page.keyboard.press("Enter")
    expect(rail).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#rail').contains(document.activeElement)")
    page.keyboard.press("Escape")

    expect(rail).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_menu_closes_on_escape_and_the_keyboard_stays_on_it(open_page: Open) -> None:
    page = open_page("paid:").page
    summary = page.get_by_test_id("team-switcher").locator("summary")

    summary.press("Enter")
    expect(page.get_by_role("link", name="Create a team")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Create a team")).to_be_hidden()
    expect(summary).to_be_focused()
