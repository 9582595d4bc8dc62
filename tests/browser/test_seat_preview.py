"""What people cost stands under the box before anybody is asked, with scripts and without."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.account import StripeAccount
from tests.browser.conftest import Arrive


def test_the_price_appears_while_one_types(arrive: Arrive, account: StripeAccount) -> None:
    rona = arrive("rona@example.com")
    rona.sign_up()
    team = rona.create_team("Typed Prices")
    rona.choose(team, "pro")
    rona.pay()
    rona.sees("subscription-status", "trialing")

    rona.visit(f"{team}team/")
    rona.by("invite-email").press_sequentially("ada@example.com, bob@example.com")

    cost = rona.by("proration-preview")
    expect(cost).to_contain_text("Adds 2 seats. Nothing until the trial ends on")
    expect(cost).to_contain_text("then $40.00 a month more.")
    expect(cost).to_have_attribute("data-value", "0")
    expect(rona.by("invitation-row")).to_have_count(0)
    rona.by("invite-email").fill("")
    expect(cost).to_have_text("")


def test_without_javascript_a_button_shows_it(arrive: Arrive) -> None:
    saul = arrive("saul@example.com", java_script_enabled=False)
    saul.sign_up()
    team = saul.create_team("Asked Prices")
    saul.choose(team, "pro", "year")
    saul.pay()
    saul.sees("subscription-status", "trialing")

    saul.visit(f"{team}team/")
    saul.by("invite-email").fill("ada@example.com bob@example.com")
    saul.click("See what it costs")

    saul.sees("proration-preview", "0")
    expect(saul.by("proration-preview")).to_contain_text("then $400.00 a year more.")
    saul.click("Send 2 invitations")
    expect(saul.page).to_have_url(re.compile(r"/team/$"))
    expect(saul.by("invitation-row")).to_have_count(2)
