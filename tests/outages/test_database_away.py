"""PostgreSQL is restarted, or cuts somebody off, while people and workers are at it."""

from __future__ import annotations

import pytest
from django.db import connection

from apps.subscriptions.models import Subscription, WebhookEvent
from apps.teams.tests.factories import TeamFactory
from tests.outages.town import Town, until
from tests.sockets import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.team_holder]


def test_a_restart_costs_a_page_and_no_event(town: Town) -> None:
    team = TeamFactory()
    web = town.web()
    owner = Visitor(web.url, team.memberships.owners().get().user)
    home = f"/a/{team.slug}/"
    assert team.name in owner.look(home)
    town.pay(team)
    news = town.news()

    town.database.kill()
    connection.close()
    status, page, headers = web.get("/pricing/")
    refused = [web.deliver(signed) for signed in news]
    town.database_is_back()

    assert (status, headers["Retry-After"]) == (503, "10")
    assert "Back in a moment" in page
    assert set(refused) == {503}
    assert town.said("Database is away, answered 503: GET /pricing/", by="web")
    assert not town.said("Traceback", by="web")
    assert team.name in owner.look(home)
    assert {web.deliver(signed) for signed in news} == {200}
    assert WebhookEvent.objects.filter(processed_at=None).count() == len(news)


def test_a_worker_and_a_beat_outlive_a_restart(town: Town) -> None:
    worker, beat = town.worker(), town.beat()
    until(lambda: town.said("succeeded"), "beat and worker work")

    town.database.kill()
    connection.close()
    since = len(town.log)
    until(lambda: len(town.said("OperationalError", by="worker", since=since)) > 3, "tasks meet the outage")
    town.database_is_back()
    team = TeamFactory()
    town.pay(team)
    web = town.web()
    assert {web.deliver(signed) for signed in town.news()} == {200}

    until(lambda: not WebhookEvent.objects.filter(processed_at=None).exists(), "events are worked")
    assert Subscription.objects.get(holder=team).status == "trialing"
    since = len(town.log)
    until(lambda: town.said("Sending due task", by="beat", since=since), "beat goes on")
    assert worker.exit_code is None
    assert beat.exit_code is None
