"""The product as on a server, weighed: what each page costs at its first visit, and what moves meanwhile."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.first_load import FirstLoad
from tests.browser.house import PAGES, PUBLIC, STRIPE, House
from tests.browser.slowly import in_two_parts
from tests.browser.visitor import Visitor

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
# Local mail is a page of DEBUG, Stripe's pages are not ours.
WEIGHED = [name for name in PAGES if name not in STRIPE and not name.startswith("/_mail/")]

Weigh = Callable[..., FirstLoad]


@pytest.fixture
def weigh(browser: Browser, site: str, house: House) -> Iterator[Weigh]:
    """Open the page for the first time, on a phone. Afterwards nothing may be left that the browser minds."""
    visitors: list[Visitor] = []

    def weigh(name: str, *, font_is_late: bool = False, **options: Any) -> FirstLoad:
        team, colon, page = name.partition(":")
        cookies = None if name in PUBLIC else house.demo_cookies if team == "state" else house.cookies
        options = {"viewport": PHONE, "is_mobile": True, "reduced_motion": "no-preference", **options}
        visitors.append(Visitor(browser, site, storage_state=cookies, **options))
        load = FirstLoad(visitors[-1].page, font_is_late)
        if team == "state":
            load.open(f"/a/state-{page}/subscription/")
        else:
            load.open(getattr(house, team) + page if colon else name)
        return load

    yield weigh
    complaints = [complaint for visitor in visitors for complaint in visitor.leave()]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("name", WEIGHED)
def test_a_first_visit_is_light_and_still(weigh: Weigh, name: str) -> None:
    load = weigh(name)

    assert load.over_budget() == []
    assert "unsafe" not in load.policy
    assert load.shifts() == []
    assert load.said == []
    load.page.set_viewport_size(DESKTOP)
    load.page.reload(wait_until="networkidle")
    assert load.shifts() == []


@pytest.mark.parametrize("name", WEIGHED)
def test_nothing_moves_when_the_font_comes_late(weigh: Weigh, name: str) -> None:
    load = weigh(name, font_is_late=True)

    assert load.font == "fallback"
    assert load.shifts() == []


def test_a_font_that_came_late_is_there_on_the_next_page(weigh: Weigh) -> None:
    load = weigh("/", font_is_late=True)

    load.page.get_by_role("link", name="Pricing").first.click()
    load.page.wait_for_url("**/pricing/")
    load.page.wait_for_load_state("networkidle")

    assert load.font == "Figtree"


def test_nothing_moves_when_a_page_comes_in_two_parts(browser: Browser, site: str) -> None:
    with in_two_parts(site, '<form class="languages"') as slow_site:
        visitor = Visitor(browser, slow_site, viewport=PHONE, is_mobile=True)
        load = FirstLoad(visitor.page)
        visitor.page.goto("/accounts/inactive/", wait_until="networkidle")

        assert load.shifts() == []
        visitor.page.context.close()


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_files_are_compressed_beforehand_and_kept_for_good(site: str, coding: str) -> None:
    page = get(site + "/accounts/signup/").body.decode()
    files = set(re.findall(r"/static/[^\"#]+\.(?:css|js|svg)", page))

    answers = {file: get(site + file, coding).headers for file in files}

    assert len(answers) >= 5
    for file, headers in answers.items():
        assert headers["Content-Encoding"] == coding, file
        assert "immutable" in headers["Cache-Control"], file
        assert headers["Vary"] == "Accept-Encoding", file
        assert re.search(r"\.[0-9a-f]{12}\.", file), "a new content would have the old name"


def test_a_page_is_compressed_and_its_length_tells_nothing(site: str) -> None:
    pages = [get(site + "/accounts/login/", "gzip") for _twenty in range(20)]

    assert {page.headers["Content-Encoding"] for page in pages} == {"gzip"}
    assert len({len(page.body) for page in pages}) > 1


@dataclass(frozen=True)
class Answer:
    headers: Any
    body: bytes


def get(address: str, coding: str = "identity") -> Answer:
    request = urllib.request.Request(address, headers={"Accept-Encoding": coding})
    with urllib.request.urlopen(request) as answer:
        return Answer(answer.headers, answer.read())
