"""Every page is a real form underneath: the road with scripts switched off."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.browser.account import StripeAccount, eventually
from tests.browser.conftest import Arrive


def test_sign_up_invite_buy_and_cancel_without_javascript(arrive: Arrive, account: StripeAccount) -> None:
    nora = arrive("nora@example.com", java_script_enabled=False)
    otto = arrive("otto@example.com", java_script_enabled=False)

    nora.sign_up()
    team = nora.create_team("No Script")
    nora.invite(team, otto.email)
    otto.join_by_mail()

    nora.visit(f"{team}subscription/")
    nora.page.get_by_label("Yearly").check()
    nora.click("Show prices")
    nora.by("choose-pro-year").click()
    nora.pay()
    nora.sees("subscription-status", "trialing")
    nora.sees("seat-count", "2")
    assert account.seats_of(nora.email) == 2
    assert otto.visit(f"{team}gated/page/") == 200
    otto.sees("gated-content")

    nora.visit(f"{team}subscription/")
    nora.by("cancel-plan").click()
    expect(nora.page.get_by_role("heading", name="Cancel Pro?")).to_be_visible()
    nora.by("cancel-plan").click()
    end = account.end_of(nora.email)
    assert end is not None
    nora.sees("ends-on", datetime.fromtimestamp(end, UTC).date().isoformat())

    nora.by("resume-plan").click()
    nora.sees("renewal-date")
    assert account.end_of(nora.email) is None


def test_removing_somebody_without_javascript(arrive: Arrive, account: StripeAccount) -> None:
    pia = arrive("pia@example.com", java_script_enabled=False)
    quin = arrive("quin@example.com", java_script_enabled=False)
    pia.sign_up()
    team = pia.create_team("Plain Forms")
    pia.invite(team, quin.email)
    quin.join_by_mail()
    pia.choose(team, "pro")
    pia.pay()
    pia.sees("seat-count", "2")

    pia.remove(team, quin.email)

    expect(pia.by("member-row")).to_have_count(1)
    eventually(lambda: account.seats_of(pia.email) == 1, "who was removed is no longer billed")
