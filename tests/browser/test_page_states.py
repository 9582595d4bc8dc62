"""Pages while something goes on: a menu, a drawer or a question is open, a form was refused, a line dead."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Page, expect

from tests.browser.audit import PHONE, cut_off, too_wide, unseen_focus, violations
from tests.browser.conftest import Arrive
from tests.browser.house import LONG_EMAIL, Open
from tests.browser.person import Person


def switcher(person: Person) -> None:
    person.by("team-switcher").locator("summary").click()
    expect(person.page.get_by_role("link", name="Create a team")).to_be_visible()


def person_menu(person: Person) -> None:
    person.page.locator(".rail-foot summary").click()
    expect(person.page.get_by_role("button", name="Sign out")).to_be_visible()


def row_menu(person: Person) -> None:
    person.by("member-row").filter(has_text="joins.").locator("summary").click()
    expect(person.page.get_by_role("link", name="Remove from team")).to_be_visible()


def drawer(person: Person) -> None:
    person.page.set_viewport_size(PHONE)
    person.page.get_by_role("button", name="Menu").click()
    expect(person.page.get_by_role("navigation", name="Main")).to_be_visible()


def question(person: Person) -> None:
    person.page.get_by_role("button", name="Withdraw").first.click()
    expect(person.page.get_by_role("alertdialog")).to_be_visible()


def refused_invitation(person: Person) -> None:
    person.visitor.foresee("422")
    person.by("invite-email").fill("nonsense")
    person.by("invite-submit").click()
    expect(person.page.get_by_text("nonsense is not an email address.")).to_be_visible()


def refused_address(person: Person) -> None:
    person.visitor.foresee("422")
    person.page.get_by_label("Address", exact=True).fill("demo")
    person.by("team-address-save").click()
    expect(person.page.get_by_label("Address", exact=True)).to_have_attribute("aria-invalid", "true")


def refused_sign_in(person: Person) -> None:
    person.page.get_by_label("Email").fill("nobody@example.com")
    person.page.get_by_label("Password").fill("wrong")
    person.page.get_by_label("Password").press("Enter")
    expect(person.page.locator(".errorlist").first).to_be_visible()


def refused_sign_up(person: Person) -> None:
    person.page.get_by_label("Email").fill("nobody@example.com")
    person.page.get_by_label("Password").fill("123")
    person.page.get_by_label("Password").press("Enter")
    expect(person.page.locator(".errorlist").first).to_be_visible()


def cost_of_two(person: Person) -> None:
    person.by("invite-email").fill("one@example.com two@example.com")
    expect(person.by("proration-preview")).to_contain_text("Adds 2 seats.")


def toast(person: Person) -> None:
    person.page.evaluate(GOOD_NEWS)
    expect(person.page.locator("#toasts")).to_contain_text("on its way")


def trouble(person: Person) -> None:
    for complaint in ["ERR_FAILED", "htmx:", "htmx:"]:
        person.visitor.foresee(complaint)
    person.page.route(re.compile("q=nobody"), lambda route: route.abort())
    person.by("member-search").fill("nobody")
    expect(person.page.get_by_role("main").get_by_role("alert")).to_be_visible()


# What the server sends with a fragment as HX-Trigger, and htmx tells the page.
GOOD_NEWS = """() => document.body.dispatchEvent(new CustomEvent("messages",
  {bubbles: true, detail: {messages: [{level: "success", text: "The invitation is on its way."}]}}))"""

STATES: list[tuple[str, Callable[[Person], None]]] = [
    ("named:", switcher),
    ("named:", person_menu),
    ("named:", drawer),
    ("named:team/", row_menu),
    ("named:team/", question),
    ("named:team/", refused_invitation),
    ("named:team/settings/", refused_address),
    ("named:team/", toast),
    ("named:team/", trouble),
    ("paid:team/", cost_of_two),
    ("/accounts/login/", refused_sign_in),
    ("/accounts/signup/", refused_sign_up),
]


@pytest.mark.parametrize(("name", "state"), STATES, ids=[state.__name__ for _, state in STATES])
def test_axe_finds_nothing_while_something_is_going_on(
    open_page: Open, name: str, state: Callable[[Person], None]
) -> None:
    person = open_page(name)
    state(person)

    assert violations(person.page) == []
    person.page.set_viewport_size(PHONE)
    assert too_wide(person.page) + cut_off(person.page) == []


ERRORS = ["400", "403", "403_csrf", "404", "405", "413", "429", "500", "503", "maintenance"]


@pytest.mark.parametrize("error", ERRORS)
def test_a_page_about_an_error_is_for_everybody_too(arrive: Arrive, error: str) -> None:
    page = shown(arrive, f"{error}.html")

    assert violations(page) == []
    assert unseen_focus(page) == []
    page.set_viewport_size({"width": 320, "height": 256})
    assert too_wide(page) + cut_off(page) == []


def shown(arrive: Arrive, template: str) -> Page:
    """While DEBUG is on the product shows Django's; so the template is drawn here, in the product's place."""
    page = arrive().page
    html = render_to_string(template, {"request": RequestFactory().get("/lost/"), "again": "/lost/"})
    page.route("**/lost/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("/lost/")
    return page


def test_axe_finds_nothing_on_the_first_page_of_the_admin(arrive: Arrive) -> None:
    """Django's lists have small targets and a search box without a label. They are not ours."""
    admin = arrive("admin@example.com")
    admin.sign_in()

    assert admin.visit("/admin/") == 200

    assert violations(admin.page) == []


def test_a_long_address_breaks_where_its_parts_end(arrive: Arrive) -> None:
    ada = arrive(f"kept.{LONG_EMAIL}", viewport={"width": 360, "height": 740}, is_mobile=True)
    ada.sign_up()

    ada.visit("/accounts/email/")

    assert [line for line in lines_of(ada.page, ".definition dd")[:-1] if line[-1] not in "@.-"] == []


def test_an_id_of_stripes_stands_in_one_line_on_a_desktop(arrive: Arrive) -> None:
    admin = arrive("admin@example.com", viewport={"width": 1280, "height": 900})
    admin.sign_in()

    admin.visit("/admin/djstripe/price/")

    (id_of_a_price,) = lines_of(admin.page, "#result_list tbody tr:first-child th")
    assert id_of_a_price.startswith("price_")


def lines_of(page: Page, selector: str) -> list[str]:
    """Its text as the window breaks it."""
    found: list[str] = page.locator(selector).evaluate(LINES)
    return found


LINES = """element => {
  const lines = [], range = document.createRange();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let low = -1;
  while (walker.nextNode()) {
    const text = walker.currentNode;
    for (let at = 0; at < text.length; at++) {
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const bottom = range.getBoundingClientRect().bottom;
      if (bottom > low + 2) lines.push("");
      low = bottom;
      lines[lines.length - 1] += text.data[at];
    }
  }
  return lines;
}"""


def test_what_is_chosen_can_be_read_in_the_admin(arrive: Arrive) -> None:
    """Django writes in the colour of its dark header there, and ours is light."""
    admin = arrive("admin@example.com")
    admin.sign_in()
    admin.visit("/admin/users/customuser/?q=owner@example.com")
    admin.page.get_by_role("link", name="owner@example.com").click()
    admin.page.locator(".selector-chosen-title").first.wait_for()

    written = admin.page.locator(".selector-chosen-title:first-of-type :is(label, .helptext)")
    on_a_button = admin.page.locator("input[name=_save]").evaluate(COLOUR)
    assert set(written.evaluate_all(f"all => all.map({COLOUR})")) == {on_a_button}


COLOUR = "one => getComputedStyle(one).color"
