"""What the Back button finds: the page as it is for whoever is there now."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Arrive


def test_after_signing_out_the_way_back_ends_at_the_door(arrive: Arrive) -> None:
    vilma = arrive("vilma@example.com")
    vilma.sign_up()
    team = vilma.create_team("Closed Doors")
    vilma.visit(f"{team}team/")
    expect(vilma.by("member-row")).to_have_count(1)
    vilma.visit("/accounts/logout/")
    vilma.page.locator("main form button[type=submit]").click()
    expect(vilma.page).not_to_have_url(re.compile("logout"))

    vilma.page.go_back()
    vilma.page.go_back()

    expect(vilma.by("member-row")).to_have_count(0)
    expect(vilma.page).to_have_url(re.compile("/accounts/login/"))


def test_back_from_a_search_leads_to_what_was_found_before(arrive: Arrive) -> None:
    nils = arrive("nils@example.com")
    nils.sign_up()
    team = nils.create_team("Seekers")
    nils.visit(f"{team}team/?q=nils")
    expect(nils.by("member-row")).to_have_count(1)
    nils.by("member-search").fill("nobody of that name")
    expect(nils.page).to_have_url(re.compile("q=nobody"))
    expect(nils.by("member-row")).to_have_count(0)

    nils.page.go_back()

    expect(nils.page).to_have_url(re.compile("q=nils"))
    expect(nils.by("member-row")).to_have_count(1)
    expect(nils.by("member-search")).to_have_value("nils")
