"""One team for each state of a subscription, each on a test clock of its own. For the Stripe sandbox alone.

`STATES` tells each story in calls to Stripe; nothing is written into our rows but by `sync_customer`.
"""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe
from django.conf import settings

from apps.core.models import AuditEntry
from apps.subscriptions.holders import holder_model
from apps.subscriptions.metadata import plan_for_slug
from apps.subscriptions.services.seats import match_seats
from apps.subscriptions.sync import sync_customer
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.services import add_member, create_team
from apps.users.models import CustomUser
from apps.web.management.commands.seed_demo import make_person

DAY = 86_400
OWNER = "owner@example.com"
COLLEAGUES = {"bo@example.com": "Bo Builder", "dana@example.com": "Dana Designer"}
GOOD_CARD, NO_CARD = "pm_card_visa", ""
FAILING_CARD = "pm_card_chargeCustomerFail"
CARD_THAT_ASKS = "pm_card_authenticationRequired"


@dataclass(frozen=True)
class Customer:
    """A team's side of the story: its customer at Stripe, and the clock that only this customer lives by."""

    team: Team
    clock: str
    id: str
    began: int  # unix

    def subscribe(self, price: str = "pro-month", **params: Any) -> str:
        """The new subscription's id. Its first payment may fail: then it is incomplete."""
        found = stripe.Price.list(lookup_keys=[price]).data[0]
        plan = plan_for_slug(price.partition("-")[0])
        seats = self.team.get_quantity() if plan.quantity == "holder" else 1
        items = [{"price": found.id, "quantity": seats}]
        return stripe.Subscription.create(customer=self.id, items=items, **params).id

    def use_card(self, token: str) -> None:
        card = stripe.PaymentMethod.attach(token, customer=self.id)
        stripe.Customer.modify(self.id, invoice_settings={"default_payment_method": card.id})

    def wait(self, days: float) -> None:
        """Live until so many days after the beginning."""
        stripe.test_helpers.TestClock.advance(self.clock, frozen_time=self.began + int(days * DAY))


@dataclass(frozen=True)
class State:
    slug: str
    name: str
    began: float  # days ago
    tell: Callable[[Customer], None]
    card: str = GOOD_CARD


def _trialing(customer: Customer) -> None:
    customer.subscribe(trial_period_days=14)


def _active(customer: Customer) -> None:
    customer.subscribe()


def _starter(customer: Customer) -> None:
    customer.subscribe("starter-year")


def _card_stops_paying(customer: Customer) -> None:
    customer.subscribe()
    customer.wait(days=40)  # renewed once
    customer.use_card(FAILING_CARD)


def _unpaid(customer: Customer) -> None:
    """What becomes of a subscription after the last retry is a setting of the account."""
    _card_stops_paying(customer)
    with _after_retries("unpaid"):
        customer.wait(days=75)


def _ending(customer: Customer) -> None:
    stripe.Subscription.modify(customer.subscribe(), cancel_at_period_end=True)


def _canceled(customer: Customer) -> None:
    subscription = customer.subscribe()
    customer.wait(days=40)
    stripe.Subscription.modify(subscription, cancel_at_period_end=True)


def _paused(customer: Customer) -> None:
    """A trial that ended without a card."""
    at_the_end: Any = {"end_behavior": {"missing_payment_method": "pause"}}
    customer.subscribe(trial_period_days=14, trial_settings=at_the_end)


def _collection_paused(customer: Customer) -> None:
    pause: Any = {"behavior": "void", "resumes_at": int(time.time()) + 20 * DAY}
    stripe.Subscription.modify(customer.subscribe(), pause_collection=pause)


# Began so long ago that what happens next is days away: renewals come on the same day of the month.
STATES = [
    State("state-trialing", "State: trialing", 5, _trialing),
    State("state-active", "State: active", 71, _active),
    State("state-starter", "State: starter", 100, _starter),
    State("state-past-due", "State: past due", 63, _card_stops_paying),
    State("state-unpaid", "State: unpaid", 75, _unpaid),
    State("state-ending", "State: ending", 10, _ending),
    State("state-canceled", "State: canceled", 66, _canceled),
    State("state-paused", "State: paused", 16, _paused, card=NO_CARD),
    State("state-collection-paused", "State: collection paused", 8, _collection_paused),
    State("state-incomplete", "State: incomplete", 0.1, _active, card=CARD_THAT_ASKS),
    State("state-incomplete-expired", "State: incomplete expired", 3, _active, card=CARD_THAT_ASKS),
]


def seed_states() -> list[str]:
    """Make the teams that are missing; answers the addresses of all. None when users hold subscriptions."""
    if holder_model() is not Team:
        return []
    stripe.api_key = settings.STRIPE_TEST_SECRET_KEY
    stripe.api_version = settings.STRIPE_API_VERSION
    colleagues = [make_person(email, name) for email, name in COLLEAGUES.items()]
    owner = CustomUser.objects.get(email=OWNER)
    now = int(time.time())
    for state in STATES:
        if not Team.objects.filter(slug=state.slug).exists():
            _make(state, owner, colleagues, now)
    return [state.slug for state in STATES]


def _make(state: State, owner: CustomUser, colleagues: list[CustomUser], now: int) -> None:
    began = now - int(state.began * DAY)
    team = create_team(state.name, by=owner)
    for colleague in colleagues:
        add_member(team, colleague, Role.MEMBER, by=owner)
    _date_back(team, datetime.fromtimestamp(began - DAY, UTC))
    customer = _customer(team, state.card, began)
    state.tell(customer)
    if stripe.test_helpers.TestClock.retrieve(customer.clock).frozen_time < now:
        stripe.test_helpers.TestClock.advance(customer.clock, frozen_time=now)
    sync_customer(customer.id)
    team.refresh_from_db()
    match_seats(team)


def _date_back(team: Team, moment: datetime) -> None:
    """The team is older than its subscription, and so are its people."""
    Team.objects.filter(pk=team.pk).update(created_at=moment)
    for membership in team.memberships.all():
        membership.created_at = moment
        membership.save(update_fields=["created_at"])
    team.seat_changes.update(at=moment)
    AuditEntry.objects.filter(holder_id=team.pk).update(at=moment)


def _customer(team: Team, card: str, began: int) -> Customer:
    clock = stripe.test_helpers.TestClock.create(frozen_time=began, name=team.slug).id
    paying: Any = {}
    if card:
        paying = {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
    made = stripe.Customer.create(
        test_clock=clock,
        name=team.name,
        email=team.email,
        metadata={"djstripe_subscriber": str(team.pk)},
        **paying,
    )
    team.stripe_customer_id = made.id
    team.save(update_fields=["stripe_customer_id"])
    return Customer(team, clock, made.id, began)


@contextmanager
def _after_retries(what: str) -> Iterator[None]:
    before = _sandbox_settings({})["after_retries"]
    _sandbox_settings({"after_retries": what})
    try:
        yield
    finally:
        _sandbox_settings({"after_retries": before})


def _sandbox_settings(changes: dict[str, str]) -> dict[str, str]:
    request = urllib.request.Request(
        f"{stripe.api_base}/_sandbox/settings",
        json.dumps(changes).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.load(answer))
