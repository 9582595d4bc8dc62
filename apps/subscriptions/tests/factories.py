from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import Status, Subscription
from apps.teams.models import Team
from apps.teams.tests.factories import TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory


def make_holder(owner: CustomUser | None = None, *, members: int = 0) -> SubscriptionModelBase:
    """A holder that `owner` may buy for, whichever model holds subscriptions in this run."""
    if holder_model() is Team:
        return TeamFactory(owner=owner, members=members)
    return owner or UserFactory()


def in_days(days: float) -> Any:
    return factory.LazyFunction(lambda: timezone.now() + timedelta(days=days))


class SubscriptionFactory(DjangoModelFactory):
    """A row as sync would have written it: Pro, monthly, active, in the middle of its period."""

    class Meta:
        model = Subscription

    holder = factory.LazyFunction(make_holder)
    stripe_id = factory.Sequence(lambda n: f"sub_{n}")
    stripe_customer_id = factory.Sequence(lambda n: f"cus_{n}")
    status = Status.ACTIVE
    plan_slug = "pro"
    plan_item_id = factory.Sequence(lambda n: f"si_{n}")
    interval = "month"
    currency = "usd"
    quantity = 1
    is_current = True
    created = in_days(-40)
    current_period_start = in_days(-10)
    current_period_end = in_days(20)
    synced_at = in_days(0)

    class Params:
        trialing = factory.Trait(
            status=Status.TRIALING,
            trial_start=in_days(-4),
            trial_end=in_days(10),
            current_period_end=in_days(10),
        )
        past_due = factory.Trait(status=Status.PAST_DUE, past_due_since=in_days(-3))
        ending = factory.Trait(ends_at=in_days(20))
        canceled = factory.Trait(status=Status.CANCELED, ended_at=in_days(-1), ends_at=in_days(-1))
