"""What goes wrong on the road, and what the person sees then."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.account import StripeAccount, eventually
from tests.browser.conftest import Arrive
from tests.browser.person import Person

DECLINED = "4000 0000 0000 0002"
ASKS_THE_BANK = "4000 0025 0000 3155"

Start = Callable[[str], tuple[Person, str]]


@pytest.fixture
def start_team(arrive: Arrive) -> Start:
    """Somebody with a confirmed address and a team of their own, and the team's address."""

    def start_team(name: str) -> tuple[Person, str]:
        person = arrive(f"{name}@example.com")
        person.sign_up()
        return person, person.create_team(f"{name.title()}'s team")

    return start_team


def test_a_declined_card_is_told_and_the_next_one_pays(start_team: Start, account: StripeAccount) -> None:
    rosa, team = start_team("rosa")
    rosa.choose(team, "starter")

    rosa.visitor.foresee("402")
    rosa.pay(DECLINED)
    expect(rosa.by("card-error")).to_contain_text("declined")
    assert not account.has_subscription(rosa.email)

    rosa.pay()
    rosa.sees("subscription-status", "active")
    assert account.subscription_of(rosa.email)["status"] == "active"


def test_a_card_that_asks_the_bank_pays_only_after_its_word(
    start_team: Start, account: StripeAccount
) -> None:
    sara, team = start_team("sara")
    sara.choose(team, "starter")

    sara.pay(ASKS_THE_BANK)
    sara.visitor.foresee("402")
    sara.by("3ds-fail").click()
    expect(sara.by("card-error")).to_be_visible()
    assert not account.has_subscription(sara.email)

    sara.pay(ASKS_THE_BANK)
    sara.by("3ds-complete").click()
    sara.sees("subscription-status", "active")
    assert sara.visit(f"{team}gated/page/") == 200
    sara.sees("gated-content")


def test_who_comes_back_without_paying_has_nothing_and_can_pay_later(
    start_team: Start, account: StripeAccount
) -> None:
    tom, team = start_team("tom")
    tom.choose(team, "starter")
    first = tom.page.url

    tom.by("checkout-back").click()
    expect(tom.page).to_have_url(re.compile(f"{team}subscription/"))
    tom.sees("choose-starter-month")
    assert not account.has_subscription(tom.email)
    tom.visit(f"{team}gated/page/")
    tom.sees("upgrade-prompt")

    tom.by("choose-starter-month").click()
    tom.by("pay").wait_for()
    assert tom.page.url == first
    tom.pay()
    tom.sees("gated-content")  # where the closed gate had sent them off


def test_coming_back_is_enough_while_webhooks_are_held_up(start_team: Start, account: StripeAccount) -> None:
    uma, team = start_team("uma")
    account.hold_webhooks()

    uma.choose(team, "pro")
    uma.pay()

    uma.sees("subscription-status", "trialing")
    assert account.held_webhooks() > 0
    assert uma.visit(f"{team}gated/page/") == 200
    account.release_webhooks(order="reverse", duplicate=1)
    eventually(lambda: account.held_webhooks() == 0, "the webhooks are let go")
    uma.visit(f"{team}subscription/")
    uma.sees("subscription-status", "trialing")
    uma.sees("seat-count", "1")


def test_who_never_comes_back_is_let_in_by_the_webhook(start_team: Start, account: StripeAccount) -> None:
    vera, team = start_team("vera")
    vera.choose(team, "starter")

    account.complete(vera.page.url)

    def is_open() -> bool:
        vera.visit(f"{team}gated/page/")
        return vera.by("gated-content").is_visible()

    eventually(is_open, "the webhook opens the gate")


def test_stripe_out_of_reach_is_a_sentence_on_the_page(start_team: Start, account: StripeAccount) -> None:
    will, team = start_team("will")
    fault = {"type": "api_error", "message": "Something went wrong on our side."}
    account.break_down("/v1/checkout/sessions", status=500, error=fault)

    will.visit(f"{team}subscription/")
    will.by("choose-starter-month").click()

    expect(will.page.get_by_role("alert")).to_be_visible()
    will.sees("choose-starter-month")
    account.behave()
    will.choose(team, "starter")


def test_a_member_who_may_not_buy_is_told_whom_to_ask(start_team: Start, arrive: Arrive) -> None:
    olga, team = start_team("olga")
    mika = arrive("mika@example.com")
    olga.invite(team, mika.email)
    mika.join_by_mail()

    mika.visit(f"{team}gated/page/")
    mika.sees("upgrade-prompt")
    expect(mika.by("upgrade-prompt")).to_contain_text("ask olga@example.com")
    expect(mika.by("choose-pro-month")).to_have_count(0)
    expect(mika.by("open-portal")).to_have_count(0)

    chosen = {"plan": "pro", "interval": "month"}
    for action in ("checkout", "portal", "cancel", "resume"):
        assert mika.post(f"{team}subscription/{action}/", chosen) == 403, action


def test_a_stranger_finds_nothing(arrive: Arrive) -> None:
    sam = arrive("sam@example.com")
    sam.sign_up()

    for page in ("", "team/", "subscription/", "gated/page/"):
        sam.visitor.foresee("404")
        assert sam.visit(f"/a/demo/{page}") == 404, page
        assert "Demo" not in sam.page.title(), page


def test_a_session_that_has_ended_leads_to_login_and_back(arrive: Arrive) -> None:
    olive = arrive("owner@example.com")
    olive.sign_in()
    olive.visit("/a/demo/subscription/")
    olive.visitor.context.clear_cookies()

    olive.page.get_by_label("Yearly").check()  # an htmx request

    expect(olive.page).to_have_url(re.compile("/accounts/login/"))
    olive.fill_in_login()
    expect(olive.page).to_have_url(re.compile("/a/demo/subscription/"))


def test_an_invitation_passed_on_is_of_no_use(start_team: Start, arrive: Arrive) -> None:
    xena, team = start_team("xena")
    xena.invite(team, "yuri@example.com")
    sam = arrive("samuel@example.com")
    sam.sign_up()

    sam.follow_mail("invites you", to="yuri@example.com")

    expect(sam.page.get_by_text("It is for another address")).to_be_visible()
    expect(sam.by("invitation-accept")).to_have_count(0)
    assert sam.post(sam.page.url, {"action": "accept"}) == 409
    xena.visit(f"{team}team/")
    expect(xena.by("member-row")).to_have_count(1)
