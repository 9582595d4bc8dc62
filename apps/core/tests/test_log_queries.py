"""Statements that take long or come again and again are named, once each, without their values."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from apps.core.log_queries import OFTEN, counted_statements, watch
from apps.core.tests.logs import read_log
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory


def one_by_one(request, times):
    for number in range(times):
        CustomUser.objects.filter(email=f"nobody{number}@example.com").first()
    return HttpResponse("done")


urlpatterns = [path("one-by-one/<int:times>/", one_by_one)]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("apps.core.tests.test_log_queries")]


@pytest.fixture
def watched(settings):
    """As on a laptop, and nothing is slow unless a test says so."""
    settings.SLOW_QUERY_SECONDS = 60
    watch(connection)
    yield settings
    connection.execute_wrappers.clear()


def told(log):
    return log.facts(logger="apps.core.log_queries")


def test_a_slow_statement_is_one_warning_without_values(watched):
    watched.SLOW_QUERY_SECONDS = 0.000_000_1

    with read_log() as log:
        CustomUser.objects.filter(email="ada@example.com").first()

    [line] = told(log)
    assert line["level"] == "warning"
    assert 'FROM "users_customuser"' in line["event"] or "SELECT" in line["event"]
    assert "ada@" not in line["event"]
    assert len(line["event"]) < 400
    assert line["ms"] >= 0


def test_a_fast_statement_is_none(watched):
    with read_log() as log:
        UserFactory()

    assert told(log) == []


def test_the_same_statement_again_and_again_is_named_once_with_its_request(watched):
    with read_log() as log:
        answer = Client().get(f"/one-by-one/{OFTEN + 1}/")

    [line] = told(log)
    assert line["event"].startswith(f"{OFTEN + 1} times in one request: SELECT")
    assert line["times"] == OFTEN + 1
    assert line["request_id"] == answer["X-Request-ID"]
    assert "nobody" not in line["event"]


def test_ten_times_is_not_often(watched):
    with read_log() as log:
        Client().get(f"/one-by-one/{OFTEN}/")

    assert told(log) == []


def test_two_requests_are_counted_apart(watched):
    with read_log() as log:
        for _ in range(2):
            Client().get(f"/one-by-one/{OFTEN - 1}/")

    assert told(log) == []


def test_a_statement_that_failed_is_timed_like_another(watched):
    watched.SLOW_QUERY_SECONDS = 0.000_000_1

    with read_log() as log, pytest.raises(Exception, match="no_such_table"):
        connection.cursor().execute("SELECT * FROM no_such_table")

    assert len(told(log)) == 1


def test_switched_off_nobody_looks_and_nobody_counts(settings):
    settings.SLOW_QUERY_SECONDS = 0
    watch(connection)

    with read_log() as log, counted_statements():
        for _ in range(OFTEN + 1):
            CustomUser.objects.count()

    assert connection.execute_wrappers == []
    assert told(log) == []
