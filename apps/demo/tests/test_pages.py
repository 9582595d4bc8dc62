"""The demo's two pages, one behind the other's tab."""

from __future__ import annotations

import re

import pytest

from apps.demo.addresses import PAGES, demo_url
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import signed_in
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.subscriptions.tests.tab_story import words
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
each_page = pytest.mark.parametrize("page", PAGES)


def test_the_tab_of_the_page_one_is_on_is_the_current_one(holder, owner_client):
    page = owner_client.get(demo_url("content_gate", holder)).content.decode()

    tabs = re.search(r'<nav class="tabs" aria-label="Examples">(.+?)</nav>', page, re.DOTALL)[1]
    here = demo_url("content_gate", holder)
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', tabs) == [here]
    assert f'<a href="{demo_url("page_gate", holder)}">Page gate</a>' in tabs


@each_page
def test_the_rail_has_one_current_link_the_demos(holder, owner_client, page):
    SubscriptionFactory(holder=holder, plan_slug="pro")

    text = owner_client.get(demo_url(page, holder)).content.decode()

    current = re.findall(r'<a class="rail-link" href="([^"]+)" aria-current="page"', text)
    assert set(current) == {demo_url("content_gate", holder)}


def test_the_page_gate_opens_with_a_subscription(holder, owner_client):
    gated = demo_url("page_gate", holder)
    assert owner_client.get(gated)["Location"].startswith(billing_url("tab", holder) + "?next=")

    SubscriptionFactory(holder=holder, plan_slug="pro")

    assert 'data-testid="gated-content"' in owner_client.get(gated).content.decode()


def test_a_part_of_the_content_gate_comes_with_a_subscription(holder, owner_client):
    url = demo_url("content_gate", holder)
    assert 'data-testid="gated-content"' not in owner_client.get(url).content.decode()

    SubscriptionFactory(holder=holder, plan_slug="pro")

    assert 'data-testid="gated-content"' in owner_client.get(url).content.decode()


@pytest.mark.team_holder
@each_page
def test_a_stranger_finds_nothing(holder, page):
    assert signed_in(UserFactory()).get(demo_url(page, holder)).status_code == 404


@each_page
def test_a_person_s_own_subscription_is_not_called_a_team_s(holder, owner_client, page):
    SubscriptionFactory(holder=holder, plan_slug="pro")

    text = owner_client.get(demo_url(page, holder)).content.decode()

    assert "team" not in words(text).lower()
