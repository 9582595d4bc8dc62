"""Redis is down, frozen or empty: pages and webhooks go on, what waits is found when it is back."""

from __future__ import annotations

import pytest
from django.urls import reverse

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

    def all_is_done(self) -> bool:
        return not (
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
    until(away.all_is_done, "what happened without Redis is done")
    away.came_out_right()

    frozen = Morning(town, web)
    with town.broker.frozen():
        frozen.happens()
        frozen.somebody_signs_in()
    until(frozen.all_is_done, "what happened beside a frozen Redis is done")
    frozen.came_out_right()

    town.stop(worker)
    emptied = Morning(town, web)
    emptied.happens()
    assert town.redis().llen("celery") > 0
    town.redis().flushall()
    town.worker()
    until(emptied.all_is_done, "what Redis forgot is done")
    emptied.came_out_right()
    assert beat.exit_code is None
