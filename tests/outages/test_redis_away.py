"""Redis is down, frozen or empty: pages and webhooks go on, what waits is found when it is back."""

from __future__ import annotations

import time

import pytest
from django.urls import reverse

from apps.core.tasks import BREAK_SECONDS
from apps.subscriptions.models import Notice, SeatSync, Subscription, WebhookEvent
from apps.subscriptions.services.seats import holders_to_sync
from apps.teams.models import Invitation, Team
from apps.teams.roles import Role
from apps.teams.tests.factories import TeamFactory
from apps.users.tests.factories import PASSWORD, UserFactory
from tests.outages.town import Town, Web, until
from tests.sockets import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.team_holder]


class Morning:
    """What people and Stripe do while Redis is away; and whether all of it has come to its end."""

    def __init__(self, town: Town, web: Web) -> None:
        self.town, self.web = town, web
        self.team = TeamFactory(members=1)
        self.owner = Visitor(web.url, self.team.memberships.owners().get().user)
        self.members = reverse("team:members", args=[self.team.slug])
        self.owner.look(self.members)
        town.pay(self.team)
        self.news = town.news()

    def happens(self) -> None:
        assert {self.web.deliver(signed) for signed in self.news} == {200}
        status, _page = self.owner.send(
            reverse("team:invite", args=[self.team.slug]), emails=f"new@{self.team.slug}.test", role="member"
        )
        assert status == 302
        member = self.team.memberships.get(role=Role.MEMBER)
        status, _page = self.owner.send(reverse("team:member_remove", args=[self.team.slug, member.pk]))
        assert status == 302
        assert self.team.name in self.owner.look(self.members)

    def somebody_signs_in(self) -> None:
        user = UserFactory()
        visitor = Visitor(self.web.url, user)
        visitor.cookies = {}
        visitor.look("/accounts/login/")
        status, _page = visitor.send("/accounts/login/", login=user.email, password=PASSWORD)
        assert status == 302
        assert user.email in visitor.look("/users/profile/")

    def is_left(self) -> bool:
        return (
            WebhookEvent.objects.filter(processed_at=None).exists()
            or Invitation.all_teams.filter(mail_sent_at=None).exists()
            or Notice.objects.filter(sent_at=None).exists()
            or holders_to_sync().exists()
            or SeatSync.objects.filter(told_at=None).exists()
        )

    def came_out_right(self) -> None:
        row = Subscription.objects.get(holder=self.team)
        assert row.status == "trialing"
        assert row.quantity == 1 == Team.objects.get(pk=self.team.pk).get_quantity()
        assert len(self.town.mail.to(f"new@{self.team.slug}.test")) == 1
        assert not self.town.mail.doubled()


def test_redis_away_frozen_and_emptied(town: Town) -> None:
    web, worker, beat = town.web(), town.worker(), town.beat()
    until(lambda: town.said("succeeded", by="worker"), "beat and worker work")

    away = Morning(town, web)
    town.broker.kill()
    away.somebody_signs_in()
    away.happens()
    status, ready, _headers = web.get("/health/ready/")
    assert status == 200, ready
    town.broker.start()
    town.settle(away.is_left)
    away.came_out_right()

    frozen = Morning(town, web)
    time.sleep(BREAK_SECONDS)  # the web process trusts the broker again
    began, moment = len(town.log), time.monotonic()
    with town.broker.frozen():
        frozen.happens()
        frozen.somebody_signs_in()
    trusted_again = int((time.monotonic() - moment) // BREAK_SECONDS)
    tries = len(town.said("Broker is down", by="web", since=began))
    left_at_once = len(town.said("Broker was down a moment ago", by="web", since=began))
    assert 1 <= tries <= 1 + trusted_again
    assert left_at_once > tries
    town.settle(frozen.is_left)
    frozen.came_out_right()

    town.stop(worker)
    emptied = Morning(town, web)
    emptied.happens()
    assert town.in_queues()
    town.redis().flushall()
    town.worker()
    town.settle(emptied.is_left)
    emptied.came_out_right()
    assert beat.exit_code is None


def test_a_worker_with_a_task_in_its_hands_outlives_redis(town: Town) -> None:
    """It works at one, and listens for the next."""
    web, worker = town.web(), town.worker()
    morning = Morning(town, web)
    until(lambda: not town.redis().hlen("unacked"), "the team's own tasks are done")
    town.world.faults.add({"match": {"path": "/v1/subscriptions"}, "times": 1, "delay": 4.0})
    first, *others = morning.news
    asked = town.world.requests.count
    assert web.deliver(first) == 200
    until(lambda: town.world.requests.count > asked or town.redis().hlen("unacked"), "a task is under way")

    town.broker.kill()
    until(lambda: town.said("Connection to broker lost", by="worker"), "the worker notices")
    town.broker.start()
    town.beat()
    assert {web.deliver(signed) for signed in others} == {200}

    town.settle(lambda: worker.exit_code is None and morning.is_left())
    assert worker.exit_code is None
