"""The whole road of somebody new: account, team, colleague, plan, gated page, cancellation."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.browser.account import StripeAccount, eventually
from tests.browser.conftest import Arrive


def test_a_newcomer_buys_seats_for_a_team_and_cancels(arrive: Arrive, account: StripeAccount) -> None:
    ada, ben = arrive("ada@example.com"), arrive("ben@example.com")

    ada.visit("/")
    ada.click("Start free")
    ada.sign_up(path="")
    team = ada.create_team("Analytical Engines")
    gated = f"{team}gated/page/"
    ada.invite(team, ben.email)
    ben.join_by_mail()
    ada.visit(f"{team}team/")
    assert ada.by("member-row").count() == 2

    ben.visit(gated)
    ben.sees("upgrade-prompt")
    ada.choose(team, "pro")
    expect(ada.page.get_by_label("Order summary")).to_contain_text("2 seats at $20.00")
    ada.pay()

    ada.sees("subscription-status", "trialing")
    ada.sees("plan-name", "pro")
    ada.sees("seat-count", "2")
    bought = account.subscription_of(ada.email)
    assert bought["status"] == "trialing"
    assert account.seats_of(ada.email) == 2
    for person in (ada, ben):
        assert person.visit(gated) == 200
        person.sees("gated-content")

    cleo = arrive("cleo@example.com")
    ada.invite(team, cleo.email)
    assert account.seats_of(ada.email) == 2
    cleo.join_by_mail()
    eventually(lambda: account.seats_of(ada.email) == 3, "the third member is billed")
    ada.remove(team, cleo.email)
    eventually(lambda: account.seats_of(ada.email) == 2, "who left is no longer billed")
    cleo.visitor.foresee("404")
    assert cleo.visit(gated) == 404

    ada.cancel_in_portal(team)
    end = account.end_of(ada.email)
    assert end == bought["trial_end"]
    ada.sees("ends-on", datetime.fromtimestamp(end, UTC).date().isoformat())
    ada.sees("seat-count", "2")
    assert ben.visit(gated) == 200
    ben.sees("gated-content")
