"""Between a click and its answer: who waits sees it, the keyboard keeps its place, trouble is told where it
was waited for, and whoever hears the page hears what changed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Arrive
from tests.browser.keyboard import tab_to
from tests.browser.person import Person

Start = Callable[..., tuple[Person, str]]


@pytest.fixture
def start_team(arrive: Arrive) -> Start:
    """Somebody with a team of their own, on the members page."""

    def start_team(name: str, **options: object) -> tuple[Person, str]:
        person = arrive(f"{name}.waits@example.com", **options)
        person.sign_up()
        team = person.create_team(f"{name.title()} Waits")
        person.visit(f"{team}team/")
        return person, team

    return start_team


class Held:
    """A request that is on its way until it is let go, like on a slow line."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.routes: list[Route] = []
        page.route(re.compile(pattern), lambda route: self.routes.append(route))
        self._page, self._pattern = page, pattern

    def let_go(self) -> None:
        for route in self.routes:
            route.continue_()
        self._page.unroute(re.compile(self._pattern))


def test_good_news_covers_nothing_to_press_on_a_phone(start_team: Start) -> None:
    nell, _ = start_team("nell", viewport={"width": 360, "height": 740}, is_mobile=True)
    page = nell.page

    nell.by("invite-email").fill("first@example.com")
    nell.by("invite-submit").click()

    toast = page.locator("#toasts .toast-note")
    expect(toast).to_contain_text("is on its way.")
    low = toast.evaluate("toast => toast.getBoundingClientRect().bottom")
    tops = page.locator("main .btn:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().top)"
    )
    assert toast.bounding_box()["y"] < 10  # type: ignore[index]
    assert [top for top in tops if 0 <= top < low] == []


def test_an_invitation_leaves_once_and_the_next_one_can_be_typed(start_team: Start) -> None:
    ada, _ = start_team("ada")
    page = ada.page
    held = Held(page, "/team/invite/$")
    button = ada.by("invite-submit")

    ada.by("invite-email").fill("first@example.com")
    width = button.bounding_box()["width"]  # type: ignore[index]
    button.dblclick()

    expect(button).to_have_attribute("data-sending", "")
    expect(button).to_be_focused()
    assert button.bounding_box()["width"] == width  # type: ignore[index]
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("One moment")
    assert len(held.routes) == 1
    held.let_go()
    expect(ada.by("invitation-row")).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("The invitation to first@example.com is on its way.")
    expect(ada.by("invite-email")).to_be_focused()
    expect(ada.by("invite-email")).to_have_value("")
    expect(page.locator("#seats-taken")).to_contain_text("1 invitation is open.")


def test_a_wrong_address_stays_in_the_form_and_gets_the_keyboard(start_team: Start) -> None:
    bea, team = start_team("bea")
    page = bea.page
    bea.by("invite-email").fill("nonsense")
    bea.by("invite-email").evaluate(
        "field => { field.style.height = '9rem' }"
    )  # as the handle at its corner does
    bea.visitor.foresee("/team/invite/.*422")
    bea.by("invite-submit").click()

    box = bea.by("invite-email")
    expect(page.get_by_text("nonsense is not an email address.")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("nonsense")
    expect(box).to_have_accessible_description(re.compile("nonsense is not an email address"))
    assert page.url.endswith(f"{team}team/")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_setting_that_is_refused_says_why_beside_its_field(start_team: Start, scripts: bool) -> None:
    name = "cleo" if scripts else "cora"
    cleo, team = start_team(name, java_script_enabled=scripts)
    cleo.visit(f"{team}team/settings/")
    address = cleo.page.get_by_label("Address", exact=True)

    cleo.visitor.foresee("/settings/address/.*422")
    address.fill("demo")
    cleo.by("team-address-save").click()

    expect(address).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_value("demo")
    expect(cleo.page.locator("#rail").get_by_role("link", name="Settings")).to_have_attribute(
        "aria-current", "page"
    )
    if scripts:
        expect(address).to_be_focused()


def test_a_new_name_shows_everywhere_at_once_and_what_was_typed_elsewhere_stays(start_team: Start) -> None:
    dora, team = start_team("dora")
    dora.visit(f"{team}team/settings/")
    dora.page.get_by_label("Address", exact=True).fill("half-typed")

    dora.page.get_by_label("Team name").fill("Dora Moves On")
    dora.click("Save name")

    expect(dora.by("team-switcher").locator("summary")).to_contain_text("Dora Moves On")
    expect(dora.page.get_by_label("Team name")).to_be_focused()
    expect(dora.page.get_by_label("Address", exact=True)).to_have_value("half-typed")
    assert dora.page.url.endswith(f"{team}team/settings/")


def test_before_an_invitation_is_withdrawn_a_dialog_asks_by_keyboard(start_team: Start) -> None:
    eva, team = start_team("eva")
    page = eva.page
    eva.invite(team, "one@example.com")
    eva.invite(team, "two@example.com")
    dialog = page.get_by_role("alertdialog", name="Withdraw the invitation to two@example.com?")
    withdraw = eva.by("invitation-row").filter(has_text="two@").get_by_role("button", name="Withdraw")

    withdraw.press("Enter")
    expect(dialog).to_be_visible()
    for _press in range(5):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.querySelector('.shell').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(withdraw).to_be_focused()
    expect(eva.by("invitation-row")).to_have_count(2)

    withdraw.press("Enter")
    expect(dialog.get_by_role("button", name="Go back")).to_be_focused()
    dialog.get_by_role("button", name="Withdraw").press("Enter")
    expect(eva.by("invitation-row")).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("The invitation to two@example.com is withdrawn.")
    expect(page.get_by_role("region", name="Invitations")).to_be_focused()
    expect(page.locator("#seats-taken")).to_contain_text("1 invitation is open.")

    page.get_by_role("button", name="Send again").press("Enter")
    refusal = page.get_by_role("main").get_by_role("alert")
    expect(refusal).to_contain_text("one@example.com")
    expect(refusal).to_be_in_viewport()
    expect(page.get_by_role("button", name="Send again")).to_be_focused()

    page.get_by_role("button", name="Withdraw").press("Enter")
    page.get_by_role("alertdialog").get_by_role("button", name="Withdraw").press("Enter")
    expect(eva.by("invitation-row")).to_have_count(0)
    expect(page.get_by_role("heading", name="Members", level=1)).to_be_focused()


def test_without_scripts_an_invitation_is_withdrawn_as_it_was(start_team: Start) -> None:
    fay, team = start_team("fay", java_script_enabled=False)
    fay.invite(team, "one@example.com")

    fay.click("Withdraw")

    expect(fay.by("invitation-row")).to_have_count(0)


def test_a_role_is_changed_in_place_and_the_keyboard_stays_with_the_person(
    start_team: Start, arrive: Arrive
) -> None:
    gwen, team = start_team("gwen")
    gwen.invite(team, "hal.waits@example.com")
    hal = arrive("hal.waits@example.com")
    hal.join_by_mail()
    gwen.visit(f"{team}team/?q=hal")
    page = gwen.page
    held = Held(page, "/role/$")

    tab_to(page, "Manage")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_label("Role").last.select_option("admin")
    page.get_by_role("button", name="Save role").press("Enter")
    expect(page.get_by_role("button", name="Save role")).to_have_attribute("data-sending", "")
    held.let_go()

    row = gwen.by("member-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Admin")
    expect(row.locator("summary")).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("is now: Admin.")
    page.go_back()
    expect(page).to_have_url(re.compile("/team/$"))  # the page before this one, not this one again


def test_what_a_choice_of_prices_comes_to_is_read_aloud(arrive: Arrive) -> None:
    ida = arrive()
    ida.visit("/pricing/")
    seats = ida.page.get_by_label("Seats", exact=True)

    seats.fill("7")

    said = ida.page.locator("#said")
    expect(said).to_contain_text("Prices for 7 seats:")
    expect(said).to_contain_text("Pro $140.00")
    expect(seats).to_be_focused()
    ida.page.get_by_label("Yearly").check()
    expect(said).to_contain_text("Pro $1,400.00")
    expect(ida.page.get_by_label("Yearly")).to_be_focused()
    ida.page.reload()
    expect(seats).to_have_value("7")


# What htmx and the browser write into the console of their own.
LOGGED = ["Failed to load resource", "Response Status Error"]
LOGGED_OFFLINE = ["Failed to load resource", "htmx:sendError", "htmx:afterRequest"]
BAD_ANSWERS = [
    (500, "That did not work, and the fault is ours. Try again in a minute.", LOGGED),
    (503, "We cannot answer right now. Try again in a minute.", LOGGED),
    (0, "That did not reach us. Check your connection and try again.", LOGGED_OFFLINE),
]


@pytest.mark.parametrize(("status", "words", "complaints"), BAD_ANSWERS, ids=["broken", "away", "offline"])
def test_trouble_is_told_where_it_was_waited_for_and_one_click_tries_again(
    start_team: Start, status: int, words: str, complaints: list[str]
) -> None:
    jan, _ = start_team(f"jan{status}")
    page = jan.page
    answer = (lambda route: route.fulfill(status=status)) if status else (lambda route: route.abort())
    page.route(re.compile("/team/invite/$"), answer)
    for pattern in complaints:
        jan.visitor.foresee(pattern)

    jan.by("invite-email").fill("kept@example.com")
    jan.by("invite-submit").click()

    trouble = page.get_by_role("main").get_by_role("alert")
    expect(trouble).to_have_text(re.compile(re.escape(words)))
    expect(trouble).to_be_in_viewport()
    expect(jan.by("invite-email")).to_have_value("kept@example.com")
    expect(jan.by("invite-submit")).not_to_have_attribute("data-sending", "")
    page.unroute(re.compile("/team/invite/$"))
    trouble.get_by_role("button", name="Try again").press("Enter")
    expect(jan.by("invitation-row")).to_have_count(1)
    expect(trouble).to_have_count(0)


def test_an_answer_that_never_comes_is_given_up(start_team: Start) -> None:
    kira, team = start_team("kira")
    kira.visit(f"{team}team/?q=kira")
    page = kira.page
    held = Held(page, "q=nobody")
    page.evaluate("htmx.config.timeout = 300")
    for pattern in ["htmx:timeout", "htmx:afterRequest"]:
        kira.visitor.foresee(pattern)

    kira.by("member-search").fill("nobody")

    trouble = page.get_by_role("search").get_by_role("alert")
    expect(trouble).to_contain_text("No answer came in time.")
    expect(kira.by("member-search")).to_be_focused()
    held.let_go()
    page.evaluate("htmx.config.timeout = 20000")
    trouble.get_by_role("button", name="Try again").click()
    expect(page.locator("#members")).to_contain_text("Nobody found")


def test_a_page_whose_team_is_gone_offers_to_load_it_again(start_team: Start) -> None:
    lou, team = start_team("lou")
    lou.visit(f"{team}team/settings/")
    other = lou.visitor.context.new_page()
    other.goto(f"{team}team/delete/")
    other.get_by_role("main").get_by_role("textbox").fill("Lou Waits")
    other.get_by_test_id("confirm-delete").click()
    expect(other).to_have_url(re.compile("/teams/$"))

    for pattern in ["404", "404"]:
        lou.visitor.foresee(pattern)
    lou.page.get_by_label("Team name").fill("Too late")
    lou.click("Save name")

    trouble = lou.page.get_by_role("main").get_by_role("alert")
    expect(trouble).to_contain_text("This page is out of date.")
    expect(trouble.get_by_role("button", name="Load the page again")).to_be_visible()


def test_who_was_signed_out_meanwhile_is_told_so_and_comes_back(arrive: Arrive) -> None:
    olive = arrive("owner@example.com")
    olive.sign_in()
    olive.visit("/a/demo/team/")
    olive.visitor.context.clear_cookies(name="sessionid")

    olive.by("invite-email").fill("anybody@example.com")
    olive.by("invite-submit").click()

    expect(olive.page).to_have_url(re.compile("/accounts/login/"))
    expect(olive.page.get_by_text("You were signed out meanwhile.")).to_be_visible()
    olive.fill_in_login()
    expect(olive.page).to_have_url(re.compile("/a/demo/team/$"))


def test_back_to_a_search_after_signing_out_ends_at_the_door(start_team: Start) -> None:
    mona, team = start_team("mona")
    page = mona.page
    mona.visit(f"{team}team/?q=mona")
    mona.by("member-search").fill("nobody")
    expect(page).to_have_url(re.compile("q=nobody"))
    mona.visitor.context.clear_cookies(name="sessionid")

    page.go_back()

    expect(page).to_have_url(re.compile("/accounts/login/.*next=.*mona"))
    expect(page.get_by_role("main").get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_a_plain_form_is_sent_once_too_and_its_first_error_gets_the_keyboard(start_team: Start) -> None:
    nele, team = start_team("nele")
    page = nele.page
    nele.visit(f"{team}team/delete/")
    page.evaluate(COUNTS_WHAT_IS_SENT)

    nele.visitor.foresee("422")
    page.get_by_role("main").get_by_role("textbox").fill("Something else")
    nele.by("confirm-delete").dblclick()

    expect(page.get_by_text("That is not the team's name.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("textbox")).to_be_focused()
    assert page.evaluate("sessionStorage.sent") == "1"


# The browser gives up the first of two posts by itself, but the server may have read it.
COUNTS_WHAT_IS_SENT = """() => {
  sessionStorage.sent = 0;
  addEventListener("submit", () => (sessionStorage.sent = Number(sessionStorage.sent) + 1));
}"""
