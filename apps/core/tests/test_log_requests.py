"""What the log says of a request, and that its lines find together."""

from __future__ import annotations

import logging
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from apps.core.tests.logs import read_log
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.tests.factories import sign_in
from config.urls import urlpatterns as product

logger = logging.getLogger("apps.core.tests")


def speaking(request):
    logger.info("Somebody is here")
    return HttpResponse("ok")


def broken(request):
    raise RuntimeError("The machine is broken")


urlpatterns = [*product, path("speaking/", speaking), path("broken/", broken)]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("apps.core.tests.test_log_requests")]


def ask(path, client=None, **headers):
    """The answer, and the log of it."""
    client = client or Client(raise_request_exception=False)
    with read_log() as log:
        answer = client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return answer, log


def test_each_request_has_one_line_with_what_was_asked_and_answered():
    answer, log = ask("/pricing/?email=me@example.com")

    [line] = log.facts(logger="apps.core.log_requests")
    assert (line["method"], line["path"], line["status"]) == ("GET", "/pricing/", 200)
    assert isinstance(line["ms"], int)
    assert line["level"] == "info"
    assert line["request_id"] == answer["X-Request-ID"]
    assert "example.com" not in log.text


def test_lines_of_one_request_share_its_id_and_those_of_another_have_another():
    first, log = ask("/speaking/")
    second, _log = ask("/speaking/")

    assert {line["request_id"] for line in log.facts()} == {first["X-Request-ID"]}
    assert len(log.lines) == 2
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_the_id_that_a_proxy_gave_is_kept():
    answer, log = ask("/speaking/", x_request_id="7f1c-edge.Frankfurt_01")

    assert answer["X-Request-ID"] == "7f1c-edge.Frankfurt_01"
    assert {line["request_id"] for line in log.facts()} == {"7f1c-edge.Frankfurt_01"}


@pytest.mark.parametrize(
    "offered",
    [
        "short",
        "x" * 65,
        "id with blanks",
        "id\nlevel=CRITICAL forged",
        "id\x1b[31mred",
        "<b>bold</b>",
        "١٢٣٤٥٦٧٨",
    ],
)
def test_an_id_that_is_none_is_replaced(offered):
    answer, log = ask("/speaking/", x_request_id=offered)

    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])
    assert len(log.lines) == 2
    assert "forged" not in log.text


def test_the_line_says_who_and_which_team(team_page):
    client, user, team = team_page

    _answer, log = ask(f"/a/{team.slug}/team/", client)

    [line] = log.facts(logger="apps.core.log_requests")
    assert (line["user_id"], line["team"]) == (str(user.pk), str(team.pk))


def test_a_line_costs_no_query(team_page, django_assert_num_queries):
    client, user, _team = team_page
    sign_in(client, user)

    with django_assert_num_queries(1):  # session and user, whom the page's time zone wants to know
        _answer, log = ask("/speaking/", client)

    assert log.facts("Somebody")[0]["user_id"] == str(user.pk)


def test_after_the_request_nothing_of_it_is_left(team_page):
    client, _user, team = team_page
    ask(f"/a/{team.slug}/team/", client)

    with read_log() as log:
        logger.info("Afterwards")

    assert set(log.facts()[0]) == {"timestamp", "level", "logger", "event"}


def test_what_broke_has_its_traceback_and_the_page_says_what_to_quote():
    answer, log = ask("/broken/")

    [error] = [line for line in log.facts() if line["level"] == "error"]
    assert "RuntimeError: The machine is broken" in error["exception"]
    assert error["request_id"] == answer["X-Request-ID"]
    assert answer["X-Request-ID"] in answer.content.decode()
    assert [line["status"] for line in log.facts(logger="apps.core.log_requests")] == [500]


@pytest.mark.parametrize("path", ["/health/", "/static/css/app.css"])
def test_health_checks_and_files_are_quiet(path):
    answer, log = ask(path)
    answer.close()

    assert answer.status_code == 200
    assert log.lines == []
    assert answer["X-Request-ID"]


def test_a_page_that_is_not_there_is_told_once():
    _answer, log = ask("/nowhere/")

    assert [(line["status"], line["path"]) for line in log.facts()] == [(404, "/nowhere/")]


@pytest.mark.parametrize(
    "secret_path",
    [
        "/teams/invitations/vErYs3cretTOKEN/",
        "/teams/invitations/vErYs3cretTOKEN",
        "/accounts/confirm-email/vErYs3cretTOKEN:1abc:def/",
        "/accounts/password/reset/key/7-vErYs3cretTOKEN/",
        "/a/demo/subscription/confirm/?session_id=vErYs3cretTOKEN",
    ],
)
def test_what_opens_a_door_is_not_in_the_path(secret_path):
    _answer, log = ask(secret_path)

    assert "vErYs3cretTOKEN" not in log.text
    assert len(log.lines) == 1


@pytest.fixture
def team_page():
    team = TeamFactory()
    user = MembershipFactory(team=team).user
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client, user, team
