"""The demo's two pages, one behind the other's tab."""

from __future__ import annotations

import re

import pytest

from apps.subscriptions.holders import billing_url

pytestmark = pytest.mark.django_db


def test_the_tab_of_the_page_one_is_on_is_the_current_one(holder, owner_client):
    page = owner_client.get(billing_url("demo", holder)).content.decode()

    tabs = re.search(r'<nav class="tabs" aria-label="Examples">(.+?)</nav>', page, re.DOTALL)[1]
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', tabs) == [billing_url("demo", holder)]
    assert f'<a href="{billing_url("gated_page", holder)}">Page gate</a>' in tabs
