"""The gallery of components as those who build pages use it, and as axe-core sees it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.audit import PHONE, in_motion, too_wide, unseen_focus, violations
from tests.browser.conftest import Arrive

GALLERY = "/_components/"


def test_axe_finds_nothing_at_all(arrive: Arrive) -> None:
    assert violations(gallery(arrive)) == []


def test_the_keyboard_is_seen_on_every_component_and_nothing_moves(arrive: Arrive) -> None:
    page = gallery(arrive)

    assert unseen_focus(page) == []
    assert in_motion(page) == []


def test_nothing_scrolls_sideways_on_a_phone(arrive: Arrive) -> None:
    page = gallery(arrive, viewport=PHONE, is_mobile=True, has_touch=True)

    assert too_wide(page) == []


def test_one_line_gives_every_component_another_colour(arrive: Arrive) -> None:
    page = gallery(arrive)
    button = page.locator("#part-button .btn-primary").first
    evergreen = button.evaluate(GROUND)

    page.evaluate("() => document.documentElement.style.setProperty('--accent-hue', '265')")

    assert button.evaluate(GROUND) != evergreen


GROUND = "element => getComputedStyle(element).backgroundColor"


def test_light_and_dark_switch_and_stay_switched(arrive: Arrive) -> None:
    page = gallery(arrive, color_scheme="light")
    paper = page.locator("html").evaluate(GROUND)

    page.get_by_role("button", name="Switch between light and dark").first.click()
    page.reload()

    assert page.locator("html").evaluate(GROUND) != paper


def test_a_modal_keeps_the_keyboard_and_gives_it_back(arrive: Arrive) -> None:
    page = gallery(arrive)
    opener = page.get_by_role("link", name="Remove from team").and_(page.locator("[data-opens]"))
    dialog = page.get_by_role("dialog", name="Remove Ada from the team?")

    opener.focus()
    page.keyboard.press("Enter")

    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    for _press in range(5):
        page.keyboard.press("Tab")
        assert page.evaluate(OUTSIDE) is False
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


# The keyboard is on something of the page behind the dialog.
OUTSIDE = """() => document.activeElement !== document.body && !document.activeElement.closest("dialog")"""


def test_the_button_of_a_modal_sends_its_form(arrive: Arrive) -> None:
    page = gallery(arrive)
    page.locator("[data-opens=ask-note]").click()
    dialog = page.get_by_role("dialog", name="A note for your team")
    dialog.get_by_label("Note").fill("Back on Monday")

    with page.expect_request(lambda request: request.method == "POST") as sent:
        dialog.get_by_role("button", name="Save note").click()

    assert "note=Back+on+Monday" in (sent.value.post_data or "")


def test_keep_closes_a_modal_and_sends_nothing(arrive: Arrive) -> None:
    page = gallery(arrive)
    page.locator("[data-opens=ask-remove]").click()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    page.get_by_role("button", name="Keep", exact=True).click()

    expect(page.locator("#ask-remove")).to_be_hidden()
    assert sent == []


def test_without_javascript_the_link_of_a_modal_is_followed(arrive: Arrive) -> None:
    page = gallery(arrive, java_script_enabled=False)
    opener = page.locator("[data-opens=ask-remove]")

    with page.expect_navigation():
        opener.click()

    assert opener.get_attribute("href") == GALLERY
    expect(page.locator("#ask-remove")).to_be_hidden()


def test_good_news_floats_by_in_the_component_of_the_gallery(arrive: Arrive) -> None:
    page = gallery(arrive)

    page.evaluate(GOOD_NEWS)

    toasts = page.locator("#toasts")
    expect(toasts).to_contain_text("Invitation sent.")
    toasts.get_by_role("button", name="Dismiss").click()
    expect(toasts.locator(".toast-note")).to_have_count(0)


# What the server sends with a fragment as HX-Trigger, and htmx tells the page.
GOOD_NEWS = """() => document.body.dispatchEvent(new CustomEvent("messages",
  {bubbles: true, detail: {messages: [{level: "success", text: "Invitation sent."}]}}))"""


def test_the_line_of_a_state_is_copied_as_it_stands(arrive: Arrive) -> None:
    page = gallery(arrive, permissions=["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy Button, As wide as its column").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()").startswith(
        '{% include "components/button.html" with label="Change to Enterprise'
    )


def gallery(arrive: Arrive, **options: object) -> Page:
    person = arrive(**options)
    assert person.visit(GALLERY) == 200
    return person.page
