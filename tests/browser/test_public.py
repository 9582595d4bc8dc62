"""A stranger looks round: nothing a browser complains about, and somebody to write to at the end."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.conftest import Arrive


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_from_the_landing_page_to_an_address(arrive: Arrive, scripts: bool) -> None:
    page = arrive(java_script_enabled=scripts).page
    page.goto("/")

    page.get_by_role("link", name="See pricing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pricing")
    page.get_by_role("link", name="Talk to us").click()

    expect(page).to_have_url(re.compile("/contact/$"))
    expect(page.get_by_role("link", name=settings.MAIL_SENDER)).to_be_visible()


@pytest.mark.parametrize(
    ("link", "title"), [("Contact", "Talk to us"), ("Terms", "Terms of service"), ("Privacy", "Privacy")]
)
def test_the_foot_of_a_page_leads_to_the_small_print(arrive: Arrive, link: str, title: str) -> None:
    page = arrive().page
    page.goto("/pricing/")

    page.locator("footer").get_by_role("link", name=link).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_policy_lets_data_stand_and_runs_none_of_it(arrive: Arrive) -> None:
    """A browser would report what its policy refuses: `arrive` fails on any complaint."""
    page = arrive().page
    page.goto("/pricing/?seats=7")

    data = json.loads(page.locator('script[type="application/ld+json"]').text_content() or "")

    assert data["offers"][-1]["price"] == "140.00"


def test_a_phone_reads_the_comparison_plan_by_plan(arrive: Arrive) -> None:
    page = arrive(viewport={"width": 360, "height": 740}, is_mobile=True).page
    page.goto("/pricing/")

    audit_log = page.get_by_role("row", name=re.compile("Audit log"))
    pro = audit_log.locator("td[data-label=Pro]")

    expect(pro.get_by_label("Included")).to_be_visible()
    name = pro.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert name == '"Pro"'


def test_every_icon_of_the_page_arrives(arrive: Arrive) -> None:
    page = arrive().page
    page.goto("/")

    links = page.locator("link[rel=icon], link[rel=apple-touch-icon], link[rel=manifest]")
    addresses = links.evaluate_all("links => links.map(link => link.href)")

    fetched = [address for address in addresses if not address.startswith("data:")]
    assert len(addresses) == 4
    assert [address for address in fetched if not page.request.get(address).ok] == []


def test_more_seats_than_are_reckoned_with_become_the_most_with_a_word(arrive: Arrive) -> None:
    page = arrive().page
    page.goto("/pricing/")
    seats = page.get_by_label("Seats", exact=True)

    seats.fill("99999")
    expect(page.get_by_test_id("seats-most")).to_contain_text("up to 10,000 seats")
    seats.press("Tab")

    expect(seats).to_have_value("10000")
    expect(page.get_by_test_id("plan-pro")).to_contain_text("10,000 seats")
