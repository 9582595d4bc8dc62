"""Each page of the road on a phone, by keyboard, and as axe-core sees it, in light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Arrive, FreshDemo
from tests.browser.person import Person
from tests.browser.visitor import Visitor

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
PHONE = {"width": 360, "height": 740}
LONG_NAME = "Society for the Improvement of Analytical Engines in Greater London and Wales"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_EMAIL = "augusta.ada.king.countess.of.lovelace.and.of.ockham@analytical-engines.example.com"

PUBLIC = [
    "/",
    "/pricing/?seats=12",
    "/contact/",
    "/terms/",
    "/privacy/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/_mail/",
]
MINE = ["/teams/", "/teams/create/", "/users/profile/"]
TEAM = [
    "",
    "team/",
    "team/invite/bulk/",
    "activity/",
    "team/settings/",
    "team/roles/",
    "team/leave/",
    "team/transfer/",
    "team/delete/",
    "subscription/",
    "subscription/demo/",
    "subscription/subscription-gated-page/",
]
BILLING = [
    "subscription/change/",
    "subscription/change/?plan=starter&interval=month&preview=1",
    "subscription/cancel/",
    "subscription/next-invoice/",
    "subscription/seats/",
    "subscription/seats/preview/?added=2",
]
# A team whose name is one long word, with people whose addresses are.
NAMED = [
    "",
    "activity/",
    "team/",
    "team/settings/",
    "team/?q=nobody",
    "team/transfer/",
    "team/transfer/?q=nobody",
    "team/delete/",
]
FREE = ["", "team/", "subscription/", "subscription/demo/", "subscription/?next=/&needs=feature:audit-log"]
# The demo's team in this state of its subscription, as its owner sees the tab.
STATES = ["past-due", "unpaid", "paused", "ending", "downgrading", "incomplete", "canceled"]
STRIPE = ["checkout", "portal"]
# Without a subscription and with one, the same address shows another page.
PAGES = (
    PUBLIC + MINE + [f"free:{page}" for page in FREE] + [f"paid:{page}" for page in TEAM + BILLING] + STRIPE
)
PAGES += [f"named:{page}" for page in NAMED]
PAGES += [f"state:{state}" for state in STATES]

Open = Callable[..., Person]


@dataclass(frozen=True)
class House:
    """Somebody signed in who owns two teams on the free plan and one that pays, all with long names."""

    cookies: Any
    free: str
    named: str
    paid: str
    demo_cookies: Any  # of the owner of the demo's teams


@pytest.fixture(scope="session")
def house(product: FreshDemo, browser: Browser) -> Iterator[House]:
    visitor = Visitor(browser, product.site, product.sandbox)
    owner = Person(visitor, LONG_EMAIL)
    owner.sign_up()
    paid = owner.create_team(LONG_NAME)
    owner.invite(paid, f"invited.{LONG_EMAIL}")
    owner.choose(paid, "pro")
    owner.pay()
    owner.sees("subscription-status", "trialing")
    free = owner.create_team(LONG_NAME)
    named = owner.create_team(LONG_WORD)
    owner.invite(named, f"joins.{LONG_EMAIL}")
    guest = Visitor(browser, product.site, product.sandbox)
    Person(guest, f"joins.{LONG_EMAIL}").join_by_mail()
    owner.invite(named, f"invited.{LONG_EMAIL}")
    demo = Visitor(browser, product.site, product.sandbox)
    Person(demo, "owner@example.com").sign_in()
    yield House(visitor.context.storage_state(), free, named, paid, demo.context.storage_state())
    assert visitor.leave() + guest.leave() + demo.leave() == []


@pytest.fixture
def open_page(arrive: Arrive, house: House) -> Callable[..., Person]:
    """Somebody who looks at the page: signed out on public ones, else the team's owner."""

    def open_page(name: str, **options: Any) -> Person:
        team, colon, page = name.partition(":")
        cookies = None if name in PUBLIC else house.demo_cookies if team == "state" else house.cookies
        person = arrive(LONG_EMAIL, storage_state=cookies, **options)
        if name in STRIPE:
            _open_at_stripe(person, house, name)
        elif team == "state":
            assert person.visit(f"/a/state-{page}/subscription/") == 200
        else:
            assert person.visit(getattr(house, team) + page if colon else name) == 200
        return person

    return open_page


def _open_at_stripe(person: Person, house: House, name: str) -> None:
    if name == "checkout":
        person.choose(house.free, "pro")
        return
    person.visit(f"{house.paid}subscription/")
    person.by("open-portal").click()
    person.by("portal-cancel").wait_for()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_on_a_phone(open_page: Open, name: str) -> None:
    person = open_page(name, viewport=PHONE, is_mobile=True, has_touch=True)

    assert person.page.evaluate(TOO_WIDE) == []


# What reaches beyond the window, unless it scrolls in a frame of its own or is out of sight on purpose.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")]
    .filter(element => element.getBoundingClientRect().right > width + 1)
    .map(element => `${element.tagName} ${element.className}: ${element.textContent.trim().slice(0, 60)}`)
    .concat([`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`]);
}"""


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(open_page: Open, name: str) -> None:
    page = open_page(name).page

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.reload()
        page.evaluate(AXE)  # not a script tag: the page's policy would rightly refuse it
        assert serious(page) == [], scheme


def serious(page: Page) -> list[str]:
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} {node['failureSummary'][:300]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


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

    assert page.evaluate(SHOWS_FOCUS), "nobody sees where the keyboard is"


SHOWS_FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
}"""


def test_a_plan_is_bought_by_keyboard_alone(open_page: Open) -> None:
    person = open_page("/teams/")
    team = person.create_team("Keys only")
    person.visit(f"{team}subscription/")
    page = person.page

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "choose-starter-month")
    page.keyboard.press("Enter")
    person.by("pay").wait_for()
    for testid, text in CARD:
        tab_to(page, testid)
        page.keyboard.type(text)
    page.keyboard.press("Enter")

    person.sees("subscription-status", "active")


CARD = [
    ("card-number", "4242424242424242"),
    ("card-expiry", "1234"),
    ("card-cvc", "123"),
    ("card-name", "Ada Lovelace"),
]


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
