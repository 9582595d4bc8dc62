"""Teams by the thousand, on both sides as far as they change, whose seats the hourly run has to tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import stripe
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from apps.subscriptions.models import Subscription
from apps.teams.models import Membership, Team
from apps.teams.roles import Role
from apps.users.tests.factories import UserFactory
from stripe_sandbox.world import World

BATCH = 5_000
CHANGED = "subscription_items"


@dataclass
class Crowd:
    """`changed`: how many of them will."""

    world: World
    changed: int
    teams: int = 0
    owner: Any = None
    newcomer: Any = None
    items: list[str] = field(default_factory=list)
    subscriptions: list[str] = field(default_factory=list)
    moved: list[Any] = field(default_factory=list)

    def settle(self, price_id: str, teams: int) -> None:
        """So many in all, subscribed and told; only those that will change are known at Stripe, too."""
        self.owner = self.owner or UserFactory()
        self.newcomer = self.newcomer or UserFactory()
        for first in range(self.teams, teams, BATCH):
            self._settle(price_id, range(first, min(first + BATCH, teams)))
        self.teams = teams
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _settle(self, price_id: str, numbers: range) -> None:
        now = timezone.now()
        told = {"billing_details_last_changed": now - timedelta(days=1), "last_synced_with_stripe": now}
        teams = [Team(name=f"Team {n}", slug=f"crowd-{n}", **told) for n in numbers]
        Team.objects.bulk_create(teams)
        _past_the_guards().bulk_create(
            [Membership(team=team, user=self.owner, role=Role.OWNER) for team in teams]
        )
        wanted = teams[: max(0, self.changed - len(self.moved))]
        self.moved += wanted
        known = [self._subscribe(price_id, team) for team in wanted]
        ids = known + [(f"sub_{n}", f"cus_{n}", f"si_{n}") for n in numbers[len(wanted) :]]
        Subscription.objects.bulk_create(
            [_row(team, price_id, *found) for team, found in zip(teams, ids, strict=True)]
        )

    def _subscribe(self, price_id: str, team: Team) -> tuple[str, str, str]:
        key: Any = {"api_key": settings.STRIPE_TEST_SECRET_KEY}
        customer = stripe.Customer.create(metadata={"djstripe_subscriber": str(team.pk)}, **key)
        made = stripe.Subscription.create(
            customer=customer.id, items=[{"price": price_id, "quantity": 1}], trial_period_days=30, **key
        )
        item = made["items"]["data"][0]["id"]
        self.items.append(item)
        self.subscriptions.append(made.id)
        return made.id, customer.id, item

    def join(self, first: int | None = None) -> None:
        """One more in each of those that change, or in the first of them. In bulk: no signal, as if every
        task had been lost.
        """
        teams = self.moved[:first]
        _past_the_guards().bulk_create(
            [Membership(team=team, user=self.newcomer) for team in teams], batch_size=BATCH
        )
        _note_change(teams)

    def leave(self, first: int | None = None) -> None:
        teams = self.moved[:first]
        _past_the_guards().filter(user=self.newcomer, team__in=teams)._raw_delete("default")
        _note_change(teams)

    def asked(self, since: int = 0) -> Counter[str]:
        """How often each item's quantity was set."""
        found = (call["path"] for call in self.world.requests.since(since) if call["method"] == "POST")
        return Counter(path.rpartition("/")[2] for path in found if CHANGED in path)

    def at_stripe(self) -> set[int]:
        """The quantities that Stripe has."""
        found = [self.world.get(id_) or {} for id_ in self.subscriptions]
        return {data["items"]["data"][0]["quantity"] for data in found}


def _note_change(teams: list[Any]) -> None:
    ids = [team.pk for team in teams]
    Team.objects.filter(pk__in=ids).update(billing_details_last_changed=timezone.now())


def _past_the_guards() -> QuerySet[Membership]:
    """The product lets nobody in by the thousand."""
    return QuerySet(Membership)


def _row(team: Team, price_id: str, sub: str, customer: str, item: str) -> Subscription:
    now = timezone.now()
    return Subscription(
        holder=team,  # type: ignore[misc] # or a user, when users hold subscriptions
        stripe_id=sub,
        stripe_customer_id=customer,
        plan_item_id=item,
        price_id=price_id,
        plan_slug="pro",
        status="trialing",
        interval="month",
        currency="usd",
        quantity=1,
        is_current=True,
        created=now,
        current_period_start=now,
        current_period_end=now + timedelta(days=30),
        trial_end=now + timedelta(days=30),
        synced_at=now,
    )
