"""What a page is called, for people with many tabs, and what its fields ask for, for what fills in forms."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.browser.house import ACCOUNT, BILLING, MINE, PUBLIC, TEAM, House, Open

# Two steps of one errand.
ALIKE = [
    {"/accounts/password/reset/", "/accounts/password/reset/key/too-old/"},
    {"/accounts/confirm-email/", "/accounts/confirm-email/too-old/"},
]
FIELD = re.compile(r'<input[^>]*type="(?:email|password)"[^>]*>')


def test_no_two_pages_have_the_same_title_and_fields_about_people_say_so(
    open_page: Open, house: House
) -> None:
    titles: defaultdict[str, set[str]] = defaultdict(set)
    nameless: list[str] = []
    mine = MINE + ACCOUNT + [house.paid + page for page in TEAM + BILLING]
    for who, addresses in (("/", PUBLIC), ("paid:", mine)):
        browser = open_page(who).visitor.context.request
        for address in addresses:
            answer = browser.get(address)
            nameless += [field for field in FIELD.findall(answer.text()) if "autocomplete=" not in field]
            if answer.url.endswith(address):  # some ask for the password first
                titles[title(answer.text())].add(address.partition("?")[0])

    assert nameless == []
    assert [(words, found) for words, found in titles.items() if len(found) > 1 and found not in ALIKE] == []


def title(html: str) -> str:
    found = re.search("<title>(.*?)</title>", html, re.DOTALL)
    return found[1] if found else ""
