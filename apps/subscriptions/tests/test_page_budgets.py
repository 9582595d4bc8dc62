"""What the pages people open most may ask and render once they are warm, signed in as on our pages."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext

from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]

# Page -> its path in a team, and at most: queries, templates that are rendered anew, kilobytes.
BUDGETS = {
    "home": ("", 6, 3, 12),
    "members": ("team/", 4, 3, 20),
    "subscription": ("subscription/", 6, 3, 15),
    "seats": ("subscription/seats/", 5, 4, 12),
}


@pytest.fixture
def owner_s_browser(stripe, holder, buy):
    """Of a team of three that pays."""
    MembershipFactory.create_batch(2, team=holder)
    buy(holder, "pro")
    browser = Client()
    sign_in(browser, holder.memberships.get(role="owner").user)
    return browser


@pytest.mark.parametrize("page", BUDGETS)
def test_a_warm_page_stays_within_its_budget(owner_s_browser, holder, page):
    path, queries, renders, kilobytes = BUDGETS[page]
    address = f"/a/{holder.slug}/{path}"
    for _warm in range(2):
        owner_s_browser.get(address)
    rendered = []

    def note(template, **_facts):
        rendered.append(template.name)

    template_rendered.connect(note)

    with CaptureQueriesContext(connection) as asked:
        answer = owner_s_browser.get(address)
    template_rendered.disconnect(note)

    assert answer.status_code == 200
    twice = [sql for sql, times in Counter(query["sql"] for query in asked).items() if times > 1]
    assert twice == []
    assert len(asked) <= queries, [query["sql"][:100] for query in asked]
    assert len(rendered) <= renders, rendered
    assert len(answer.content) <= kilobytes * 1000
