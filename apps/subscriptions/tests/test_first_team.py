"""Somebody chooses a plan before they have a team: they make one, and are back at the plan."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from apps.subscriptions.tests.conftest import signed_in
from apps.teams.models import Team
from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]


def chosen(client, testid, **query):
    """Where the button of a plan leads, and what form it is in."""
    page = client.get(reverse("pricing"), query).content.decode()
    link = re.search(rf'<a[^>]*href="([^"]*)"[^>]*data-testid="{testid}"', page)
    form = re.search(rf'<form[^>]*action="([^"]*)"(?:(?!</form>).)*data-testid="{testid}"', page, re.DOTALL)
    return html.unescape(link[1]) if link else "", form[1] if form else ""


def test_the_plan_chosen_is_there_again_after_the_team_is_made(stripe):
    client = signed_in(UserFactory())

    link, _form = chosen(client, "choose-pro-year", interval="year", seats=7)
    way_back = html.unescape(re.search(r'name="next" value="([^"]*)"', client.get(link).content.decode())[1])
    made = client.post(reverse("teams:create"), {"name": "Analytical Engines", "next": way_back})

    assert made.url == way_back == "/pricing/?interval=year&seats=7#plan-pro-name"
    team = Team.objects.get()
    assert chosen(client, "choose-pro-year", interval="year")[1] == f"/a/{team.slug}/subscription/checkout/"


def test_the_free_plan_is_begun_by_making_a_team(stripe):
    page = signed_in(UserFactory()).get(reverse("pricing")).content.decode()

    assert re.search(r'href="/teams/create/"[^>]*>Start free', page)


def test_who_is_in_several_teams_chooses_among_them(stripe):
    user = UserFactory()
    MembershipFactory.create_batch(2, user=user)

    assert chosen(signed_in(user), "choose-pro-month")[0] == "/teams/"


def test_a_visitor_signs_up_first_and_is_back_at_the_plan(stripe, client, mailoutbox):
    link, _form = chosen(client, "choose-pro-year", interval="year", seats=7)
    fields = html.unescape(re.search(r'name="next" value="([^"]*)"', client.get(link).content.decode())[1])

    client.post(link, {"email": "ada@example.com", "password1": "orbit-lantern-42", "next": fields})
    confirmation = re.search(r"/accounts/confirm-email/[^\s/]+/", mailoutbox[0].body)[0]
    confirmed = client.post(confirmation)

    assert confirmed.url == "/pricing/?interval=year&seats=7#plan-pro-name"
    assert chosen(client, "choose-pro-year", interval="year", seats=7)[0].startswith("/teams/create/?next=")
