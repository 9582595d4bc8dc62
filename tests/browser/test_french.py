"""French takes a quarter more room than English: every page on a phone, with names as long as ever."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.audit import PHONE, cut_off, too_wide
from tests.browser.conftest import Arrive
from tests.browser.house import LONG_EMAIL, PAGES, PUBLIC, STRIPE, House
from tests.browser.person import Person

IN_FRENCH: dict[str, Any] = {"locale": "fr-FR", "viewport": PHONE, "is_mobile": True, "has_touch": True}
NOT_FOR_CUSTOMERS = {"/_mail/", *STRIPE}
OWN = [name for name in PAGES if name not in PUBLIC and not name.startswith("state:")]
STATES = [name for name in PAGES if name.startswith("state:")]


@pytest.mark.parametrize("group", [PUBLIC, OWN, STATES], ids=["public", "own", "states"])
def test_every_page_fits_a_phone_in_french(arrive: Arrive, house: House, group: list[str]) -> None:
    cookies = {id(PUBLIC): None, id(OWN): house.cookies, id(STATES): house.demo_cookies}[id(group)]
    person = arrive(LONG_EMAIL, storage_state=cookies, **IN_FRENCH)

    found = {name: _misfits(person, house, name) for name in group if name not in NOT_FOR_CUSTOMERS}

    assert {name: misfits for name, misfits in found.items() if misfits} == {}


def _misfits(person: Person, house: House, name: str) -> list[str]:
    team, colon, rest = name.partition(":")
    path = f"/a/state-{rest}/subscription/" if team == "state" else name
    person.visit(getattr(house, team) + rest if colon and team != "state" else path)
    language = person.page.locator("html").get_attribute("lang")
    return ([] if language == "fr" else [f"in {language}"]) + too_wide(person.page) + cut_off(person.page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_visitor_chooses_a_language_and_keeps_it(arrive: Arrive, scripts: bool) -> None:
    page = arrive(java_script_enabled=scripts).page
    page.goto("/pricing/?seats=7")

    page.locator("footer").get_by_role("button", name="Français").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tarifs")
    assert page.url.endswith("/pricing/?seats=7")
    page.goto("/accounts/login/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    expect(page.get_by_role("button", name="Français")).to_have_attribute("aria-current", "true")
