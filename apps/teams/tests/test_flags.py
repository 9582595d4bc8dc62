"""A feature that some teams have before all do."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory, TestCase
from django.test.utils import CaptureQueriesContext
from waffle import flag_is_active

from apps.core.models import AuditEntry
from apps.teams.flags import Flag, flag_is_active_for_team
from apps.teams.models import Team
from apps.teams.tests.factories import TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def on_page_of(team: Team | None, user: object = None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    request.team = team
    return request


@pytest.fixture
def committed():
    """What waits for the commit is done when the block ends."""
    return lambda: TestCase.captureOnCommitCallbacks(execute=True)


def test_it_is_on_for_the_teams_it_names_and_off_for_others() -> None:
    pilot, other = TeamFactory(), TeamFactory()
    Flag.objects.create(name="reports").teams.add(pilot)

    assert flag_is_active(on_page_of(pilot), "reports")
    assert not flag_is_active(on_page_of(other), "reports")
    assert not flag_is_active(on_page_of(None), "reports")


def test_a_task_asks_without_a_request() -> None:
    pilot, other = TeamFactory(), TeamFactory()
    Flag.objects.create(name="reports").teams.add(pilot)

    assert flag_is_active_for_team(pilot, "reports")
    assert not flag_is_active_for_team(other, "reports")
    assert not flag_is_active_for_team(pilot, "nobody-made-this")


def test_everyone_is_stronger_than_the_list(committed) -> None:
    pilot, other = TeamFactory(), TeamFactory()
    flag = Flag.objects.create(name="reports", everyone=False)
    flag.teams.add(pilot)
    assert not flag_is_active(on_page_of(pilot), "reports")

    with committed():
        flag.everyone = True
        flag.save()

    assert flag_is_active(on_page_of(other), "reports")
    assert flag_is_active_for_team(other, "reports")


def test_a_share_is_of_teams_and_always_of_the_same_ones(committed) -> None:
    teams = [Team(name=f"T{n}", slug=f"t-{n}") for n in range(400)]
    flag = Flag.objects.create(name="reports", percent=25)
    quarter = {team.pk for team in teams if flag_is_active_for_team(team, "reports")}
    assert 60 < len(quarter) < 140
    assert quarter == {team.pk for team in teams if flag_is_active(on_page_of(team), "reports")}

    with committed():
        flag.percent = 50
        flag.save()

    half = {team.pk for team in teams if flag_is_active_for_team(team, "reports")}
    assert quarter < half  # whoever had it keeps it


def test_people_work_as_waffle_documents_it() -> None:
    tester, team = UserFactory(), TeamFactory()
    Flag.objects.create(name="reports").users.add(tester)

    assert flag_is_active(on_page_of(team, tester), "reports")
    assert not flag_is_active(on_page_of(team, UserFactory()), "reports")
    assert flag_is_active(on_page_of(team, UserFactory(is_superuser=True)), "reports")


def test_a_template_asks_with_waffle_s_own_tag() -> None:
    pilot = TeamFactory()
    Flag.objects.create(name="reports").teams.add(pilot)
    template = Template('{% load waffle_tags %}{% flag "reports" %}New{% else %}Old{% endflag %}')

    shown = [template.render(Context({"request": on_page_of(team)})) for team in (pilot, TeamFactory())]

    assert shown == ["New", "Old"]


def test_once_cached_it_costs_no_query() -> None:
    pilot, other = TeamFactory(), TeamFactory()
    Flag.objects.create(name="reports").teams.add(pilot)
    for name in ("reports", "missing"):
        flag_is_active(on_page_of(pilot, UserFactory.build()), name)
        flag_is_active(on_page_of(other, AnonymousUser()), name)

    with CaptureQueriesContext(connection) as asked:
        for team in (pilot, other):
            flag_is_active(on_page_of(team), "reports")
            flag_is_active(on_page_of(team), "missing")
            flag_is_active_for_team(team, "reports")

    assert [query["sql"] for query in asked] == []


@pytest.mark.parametrize("change", ["add", "remove", "set", "clear"])
def test_a_change_is_seen_at_once(committed, change: str) -> None:
    before, after = TeamFactory(), TeamFactory()
    flag = Flag.objects.create(name="reports")
    with committed():
        flag.teams.add(before)
    assert flag_is_active_for_team(before, "reports")
    assert not flag_is_active_for_team(after, "reports")

    with committed():
        {
            "add": lambda: flag.teams.add(after),
            "remove": lambda: flag.teams.remove(before),
            "set": lambda: flag.teams.set([after]),
            "clear": flag.teams.clear,
        }[change]()

    assert flag_is_active_for_team(after, "reports") == (change in ("add", "set"))
    assert flag_is_active_for_team(before, "reports") == (change == "add")


def test_a_group_that_is_cleared_is_forgotten(committed) -> None:
    group = Group.objects.create(name="testers")
    tester = UserFactory()
    tester.groups.add(group)
    flag = Flag.objects.create(name="reports")
    with committed():
        flag.groups.add(group)
    assert flag_is_active(on_page_of(None, tester), "reports")

    with committed():
        flag.groups.clear()

    assert not flag_is_active(on_page_of(None, tester), "reports")


def test_a_flag_that_is_deleted_is_off(committed) -> None:
    pilot = TeamFactory()
    flag = Flag.objects.create(name="reports")
    with committed():
        flag.teams.add(pilot)
    assert flag_is_active_for_team(pilot, "reports")

    with committed():
        flag.delete()

    assert not flag_is_active_for_team(pilot, "reports")


def test_a_team_that_goes_takes_its_line_along() -> None:
    pilot = TeamFactory()
    flag = Flag.objects.create(name="reports")
    flag.teams.add(pilot)

    pilot.delete()

    assert list(flag.teams.all()) == []


FORM = {"name": "reports", "note": "New reports", "everyone": "unknown", "percent": "", "users": []}


def test_staff_switch_it_on_and_the_log_says_who(admin_client: Client, committed) -> None:
    pilot = TeamFactory(slug="pilot")
    with committed():
        admin_client.post("/admin/teams/flag/add/", {**FORM, "teams": [str(pilot.pk)]})
    flag = Flag.objects.get()
    assert flag_is_active_for_team(pilot, "reports")

    with committed():
        admin_client.post(f"/admin/teams/flag/{flag.pk}/change/", {**FORM, "teams": [], "percent": "10"})
        admin_client.post(f"/admin/teams/flag/{flag.pk}/change/", {**FORM, "teams": [], "percent": "10"})

    changed, made = AuditEntry.objects.filter(action="flag.changed")  # the third said nothing new
    assert (made.before, made.after["teams"]) == (None, ["pilot"])
    assert changed.before["teams"] == ["pilot"]
    assert (changed.after["teams"], changed.after["percent"]) == ([], 10.0)
    assert changed.actor.is_superuser


def test_the_list_counts_teams_in_one_query(admin_client: Client) -> None:
    for number in range(3):
        Flag.objects.create(name=f"flag-{number}").teams.add(TeamFactory())
    admin_client.get("/admin/teams/flag/")
    with CaptureQueriesContext(connection) as few:
        admin_client.get("/admin/teams/flag/")
    for number in range(3, 9):
        Flag.objects.create(name=f"flag-{number}").teams.add(TeamFactory(), TeamFactory())

    with CaptureQueriesContext(connection) as many:
        page = admin_client.get("/admin/teams/flag/").content.decode()

    assert "flag-8" in page
    assert len(many) == len(few)
