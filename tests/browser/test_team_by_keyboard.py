"""A team without a mouse: people invited, a list sent, somebody removed, the team handed over and deleted."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.keyboard import press, tab_to


def test_people_come_and_go_and_the_team_ends(arrive: Arrive) -> None:
    kay, leo = arrive("kay@example.com"), arrive("leo.keys@example.com")
    kay.sign_up()
    team = kay.create_team("Keys and Locks")
    kay.choose(team, "pro")
    kay.pay()
    kay.sees("subscription-status", "trialing")
    page = kay.page

    kay.visit(f"{team}team/")
    tab_to(page, "invite-email")
    page.keyboard.type(f"{leo.email} mia.keys@example.com")
    expect(kay.by("proration-preview")).to_contain_text("Adds 2 seats.")
    expect(kay.by("invite-email")).to_be_focused()
    press(page, "invite-submit")
    expect(kay.by("invitation-row")).to_have_count(2)
    leo.join_by_mail()

    kay.visit(f"{team}team/")
    press(page, "Invite many")
    page.wait_for_url(re.compile("/invite/bulk/"))
    tab_to(page, "id_people")
    page.keyboard.type("noa.keys@example.com\nnonsense")
    press(page, "bulk-check")
    kay.sees("bulk-result", "1")
    press(page, "bulk-send")
    expect(page.get_by_role("heading", name="1 invitation is on its way")).to_be_visible()

    kay.visit(f"{team}team/transfer/")
    press(page, "leo.keys", "Space")
    press(page, "confirm-transfer")
    expect(kay.by("member-row").filter(has_text=kay.email)).to_contain_text("Admin")

    lea = leo.page
    leo.visit(f"{team}team/")
    press(lea, "Manage")
    press(lea, "Remove from team")
    press(lea, "remove-member")
    expect(leo.by("member-row")).to_have_count(1)
    press(lea, "delete-team")
    tab_to(lea, "id_confirm")
    lea.keyboard.type("Keys and Lockers")
    leo.visitor.foresee("/team/delete/.*422")
    lea.keyboard.press("Enter")
    expect(lea.get_by_text("That is not the team's name.")).to_be_visible()
    tab_to(lea, "id_confirm")
    lea.keyboard.press("Control+A")
    lea.keyboard.type("Keys and Locks")
    lea.keyboard.press("Enter")
    expect(lea).to_have_url(re.compile("/teams/$"))


def test_the_keyboard_stays_where_people_are_searched_and_turned(arrive: Arrive) -> None:
    kim = arrive("kim@example.com")
    kim.sign_up()
    team = kim.create_team("Search Lights")
    page = kim.page
    kim.visit(f"{team}team/?q=kim")
    members = page.locator("#members")

    tab_to(page, "member-search")
    page.keyboard.press("Control+A")
    page.keyboard.type("nobody here")
    expect(members).to_contain_text("Nobody found")
    expect(kim.by("member-search")).to_be_focused()

    # As the links to the next page are, of which a team of one has none.
    page.evaluate(NEXT_PAGE, f"{team}team/")
    press(page, "To all")
    expect(kim.by("member-row")).to_have_count(1)
    expect(members).to_be_focused()


NEXT_PAGE = """(address) => {
  const link = Object.assign(document.createElement("a"), { href: address, textContent: "To all" });
  for (const [name, value] of [["get", address], ["target", "#members"], ["swap", "outerHTML"]])
    link.setAttribute(`hx-${name}`, value);
  document.querySelector("#members").append(link);
  htmx.process(link);
}"""
