"""Deleting a team that pays: what is billed ends first, or nothing is deleted (policy P9)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.db.models import ProtectedError

from apps.core.models import AuditEntry
from apps.core.tests.races import at_once
from apps.subscriptions.models import CheckoutAttempt, Subscription, WebhookEvent
from apps.subscriptions.services.closing import close_billing
from apps.subscriptions.signals import subscription_synced
from apps.subscriptions.tests.conftest import (
    calls,
    choose,
    current,
    open_session,
    post_signed,
    signed_in,
)
from apps.subscriptions.tests.lifecycle_story import DAY, second_subscription
from apps.subscriptions.tests.plan_change_story import switch
from apps.teams import services
from apps.teams.errors import NotAllowed
from apps.teams.models import Team
from apps.teams.signals import team_closing
from apps.teams.tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]

CANCEL = {"method": "DELETE", "path": "/v1/subscriptions/*"}
NO_CARD = None  # a trial may begin without one


def delete(client, team):
    """As the owner does it: types the team's name and sends the form. What the page says then."""
    response = client.post(f"/a/{team.slug}/team/delete/", {"confirm": team.name}, follow=True)
    return response.content.decode()


def is_there(team):
    return Team.objects.filter(pk=team.pk).exists()


def statuses(stripe):
    return sorted(row["status"] for row in stripe.where("subscription"))


# What is billed ends -------------------------------------------------------------------------------------


@dataclass
class Story:
    stripe: Any
    holder: Any
    client: Any
    buy: Any
    deliver: Any
    api: Any
    settings: Any


@pytest.fixture
def story(stripe, holder, owner_client, buy, deliver_webhooks, api, settings):
    return Story(stripe, holder, owner_client, buy, deliver_webhooks, api, settings)


def trialing(story):
    story.buy(story.holder, "pro")


def active(story):
    story.buy(story.holder, "starter")


def past_due(story):
    row = story.buy(story.holder, "starter")
    story.stripe.decline_next_renewal(row.stripe_customer_id, 1)
    story.stripe.advance(31 * DAY + 7200)
    story.deliver()


def unpaid(story):
    story.stripe.settings()["after_retries"] = "unpaid"
    row = story.buy(story.holder, "starter")
    story.stripe.decline_next_renewal(row.stripe_customer_id, 9)
    story.stripe.advance(60 * DAY)
    story.deliver()


def paused(story):
    story.settings.TRIAL_REQUIRES_CARD = False
    choose(story.client, story.holder, "pro")
    story.stripe.complete_checkout(open_session(story.holder), NO_CARD)
    story.deliver()
    story.stripe.advance(15 * DAY)
    story.deliver()


def incomplete(story):
    choose(story.client, story.holder, "starter")
    story.holder.refresh_from_db()
    customer = story.holder.stripe_customer_id
    card = story.api.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer}).id
    price = story.api.prices.list({"lookup_keys": ["starter-month"]}).data[0].id
    story.api.subscriptions.create(
        {"customer": customer, "items": [{"price": price}], "default_payment_method": card}
    )
    story.deliver()


@pytest.mark.parametrize(
    "state", [trialing, active, past_due, unpaid, paused, incomplete], ids=lambda state: state.__name__
)
def test_whatever_the_state_it_ends_at_stripe_and_the_team_is_gone(story, state):
    state(story)
    assert current(story.holder).status == state.__name__

    page = delete(story.client, story.holder)

    assert f"{story.holder.name} is deleted." in page
    assert not is_there(story.holder)
    assert not Subscription.objects.exists()
    assert set(statuses(story.stripe)) <= {"canceled", "incomplete_expired"}


def test_a_change_that_waits_for_the_renewal_goes_with_it(story):
    story.buy(story.holder, "pro", "year")
    story.stripe.advance(20 * DAY)
    story.deliver()
    switch(story.client, story.holder, "starter")
    assert current(story.holder).schedule_id

    delete(story.client, story.holder)

    assert not is_there(story.holder)
    assert statuses(story.stripe) == ["canceled"]
    (schedule,) = story.stripe.all("subscription_schedule")
    assert schedule["status"] not in ("active", "not_started")


@pytest.mark.parametrize("told", [True, False], ids=["known here", "nobody told us"])
def test_two_subscriptions_end_both(story, told):
    row = story.buy(story.holder, "starter")
    second_subscription(story.api, row)
    if told:
        story.deliver()

    delete(story.client, story.holder)

    assert not is_there(story.holder)
    assert statuses(story.stripe) == ["canceled", "canceled"]


def test_a_team_that_never_bought_asks_stripe_nothing(story):
    delete(story.client, story.holder)

    assert not is_there(story.holder)
    assert not [call for call in story.stripe.requests.since(0) if "subscriptions" in call["path"]]


def test_an_open_payment_page_cannot_be_paid_any_more(story):
    choose(story.client, story.holder, "starter")
    session = open_session(story.holder)

    delete(story.client, story.holder)

    assert not is_there(story.holder)
    assert story.stripe.get(session)["status"] == "expired"


def test_what_was_paid_a_moment_ago_ends_too(story):
    choose(story.client, story.holder, "starter")
    story.stripe.complete_checkout(open_session(story.holder), "4242424242424242")  # news is on its way

    delete(story.client, story.holder)

    assert not is_there(story.holder)
    assert statuses(story.stripe) == ["canceled"]


def test_the_news_of_the_end_comes_to_nobody_and_makes_nothing(story):
    story.buy(story.holder, "starter")
    delete(story.client, story.holder)

    answers = story.deliver()

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert answers
    assert not WebhookEvent.objects.filter(processed_at=None).exists()
    assert not Subscription.objects.exists()
    assert not Team.objects.exists()


def test_the_log_remembers_who_deleted_what_and_that_it_was_paid_for(story):
    row = story.buy(story.holder, "starter")

    delete(story.client, story.holder)

    log = AuditEntry.objects.filter(holder_id=story.holder.pk)
    assert log.get(action="team.deleted").actor_label == "owner@example.com"
    assert row.stripe_id in log.get(action="subscription.cancelled_now").target_label


@pytest.fixture
def listening():
    """Connects listeners for this test only."""
    connected = []

    def listening(signal, listener):
        signal.connect(listener, weak=False)
        connected.append((signal, listener))

    yield listening
    for signal, listener in connected:
        signal.disconnect(listener)


# Or nothing is deleted -----------------------------------------------------------------------------------


STEPS = {
    "the payment page is looked up": {"method": "GET", "path": "/v1/checkout/sessions/*"},
    "it is closed": {"method": "POST", "path": "/v1/checkout/sessions/*/expire"},
    "the subscriptions are read": {"method": "GET", "path": "/v1/subscriptions"},
    "the subscription is cancelled": CANCEL,
}


@pytest.fixture
def paying_with_a_page_open(story):
    """Bought elsewhere while a payment page was open."""
    choose(story.client, story.holder, "starter")
    story.holder.refresh_from_db()
    customer = story.holder.stripe_customer_id
    card = story.api.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    price = story.api.prices.list({"lookup_keys": ["starter-month"]}).data[0].id
    story.api.subscriptions.create(
        {"customer": customer, "items": [{"price": price}], "default_payment_method": card}
    )
    return story


@pytest.mark.parametrize("bad_day", [{"status": 500}, {"status": 429}, {"delay": 20}], ids=str)
@pytest.mark.parametrize("step", STEPS.values(), ids=list(STEPS))
def test_with_stripe_away_nothing_is_deleted_and_trying_again_finishes(
    paying_with_a_page_open, step, bad_day, monkeypatch
):
    story = paying_with_a_page_open
    monkeypatch.setattr("apps.subscriptions.gateway.REQUEST_CALL_SECONDS", 0.2)
    story.stripe.faults.add({"match": step, "times": None, **bad_day})

    page = delete(story.client, story.holder)

    assert f"{story.holder.name} was not deleted." in page
    may_come_later = step is CANCEL and "delay" in bad_day
    assert ("may have ended already" if may_come_later else "does not answer right now") in page
    assert is_there(story.holder)
    assert statuses(story.stripe) == ["active"]

    story.stripe.faults.clear()
    delete(story.client, story.holder)
    assert not is_there(story.holder)
    assert statuses(story.stripe) == ["canceled"]


def test_an_answer_that_is_lost_after_the_work_does_not_matter(story):
    story.buy(story.holder, "starter")
    story.stripe.faults.add({"match": CANCEL, "times": 1, "drop_response": True})

    page = delete(story.client, story.holder)

    assert f"{story.holder.name} is deleted." in page
    assert not is_there(story.holder)


def test_when_nobody_can_tell_what_became_of_it_the_page_says_so(story, listening):
    story.buy(story.holder, "starter")
    away = {"match": {"method": "GET", "path": "/v1/*"}, "times": None, "status": 500}
    listening(subscription_synced, lambda **kwargs: story.stripe.faults.add(away))  # after the first look
    story.stripe.faults.add({"match": CANCEL, "times": 1, "drop_response": True})

    page = delete(story.client, story.holder)

    assert "The subscription may have ended already" in page
    assert is_there(story.holder)
    story.stripe.faults.clear()
    assert "is deleted" in delete(story.client, story.holder)
    assert statuses(story.stripe) == ["canceled"]


def test_of_two_the_one_that_does_not_end_is_told(story):
    first = story.buy(story.holder, "starter")
    second_subscription(story.api, first)
    story.deliver()
    *_others, last = story.holder.subscriptions.order_by("pk").values_list("stripe_id", flat=True)
    stays = {"method": "DELETE", "path": f"/v1/subscriptions/{last}"}
    story.stripe.faults.add({"match": stays, "times": None, "status": 500})

    page = delete(story.client, story.holder)

    assert "One subscription has ended, another one could not be ended." in page
    assert is_there(story.holder)
    assert statuses(story.stripe) == ["active", "canceled"]


def test_stripes_refusal_is_told(story):
    story.buy(story.holder, "starter")
    error = {"type": "invalid_request_error", "message": "No."}
    story.stripe.faults.add({"match": CANCEL, "times": None, "status": 400, "error": error})

    page = delete(story.client, story.holder)

    assert f"{story.holder.name} was not deleted. That did not work." in page
    assert statuses(story.stripe) == ["active"]


def test_what_is_bought_between_the_steps_keeps_the_team(story, listening):
    """Another admin opens a payment page after the billing was closed, before the team is gone."""
    other = MembershipFactory(team=story.holder, role="admin")
    listening(team_closing, lambda team, **kwargs: choose(signed_in(other.user), team, "starter"))

    page = delete(story.client, story.holder)

    assert "was bought for the team meanwhile" in page
    assert is_there(story.holder)
    assert CheckoutAttempt.objects.filter(closed_at=None).count() == 1


def test_whoever_may_not_delete_ends_nothing(story):
    story.buy(story.holder, "starter")
    admin = MembershipFactory(team=story.holder, role="admin").user
    form = {"confirm": story.holder.name}

    response = signed_in(admin).post(f"/a/{story.holder.slug}/team/delete/", form)
    with pytest.raises(NotAllowed):
        services.delete_team(story.holder, by=admin)  # an owner a moment ago, say

    assert response.status_code == 403
    assert is_there(story.holder)
    assert statuses(story.stripe) == ["active"]


def test_a_wrong_name_ends_nothing(story):
    story.buy(story.holder, "starter")

    response = story.client.post(f"/a/{story.holder.slug}/team/delete/", {"confirm": "Something else"})

    assert response.status_code == 422
    assert is_there(story.holder)
    assert statuses(story.stripe) == ["active"]


def test_no_door_deletes_a_team_somebody_can_still_pay_for(story):
    choose(story.client, story.holder, "starter")

    with pytest.raises(ProtectedError):
        Team.objects.get(pk=story.holder.pk).delete()

    assert is_there(story.holder)


@pytest.mark.parametrize("door", ["page", "list"])
def test_staff_are_told_how_to_end_it_first_and_can_delete_then(story, admin_client, door):
    story.buy(story.holder, "starter")

    refused = delete_as_staff(admin_client, story.holder, door)
    assert "End it first: “Cancel now”" in refused.content.decode()
    assert is_there(story.holder)

    close_billing(story.holder, by=story.holder.billing_contact)
    delete_as_staff(admin_client, story.holder, door)
    assert not is_there(story.holder)
    assert AuditEntry.objects.get(action="team.deleted").actor_label == "admin@example.com"


def delete_as_staff(client, team, door):
    if door == "page":
        return client.post(f"/admin/teams/team/{team.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [team.pk], "post": "yes"}
    return client.post("/admin/teams/team/", chosen)


def test_the_page_says_what_goes(story):
    story.buy(story.holder, "starter")
    MembershipFactory(team=story.holder)

    page = story.client.get(f"/a/{story.holder.slug}/team/delete/").content.decode()

    assert "1 other person loses access" in page
    assert 'data-testid="delete-ends-subscription"' in page
    assert "Nothing is refunded" in page
    assert not calls(story.stripe, "DELETE", f"/v1/subscriptions/{current(story.holder).stripe_id}")


@pytest.mark.django_db(transaction=True)
def test_stripe_is_asked_with_no_transaction_open(story, listening):
    story.buy(story.holder, "starter")
    open_transactions = []
    listening(team_closing, lambda **kwargs: open_transactions.append(connection.in_atomic_block))

    delete(story.client, story.holder)

    assert open_transactions == [False]
    assert not is_there(story.holder)


@pytest.mark.django_db(transaction=True)
def test_news_that_is_worked_while_the_team_goes_finds_nobody(story):
    story.buy(story.holder, "starter")
    close_billing(story.holder, by=story.holder.billing_contact)
    news = story.stripe.pending_deliveries()
    slow = {"match": {"method": "GET", "path": "/v1/subscriptions"}, "times": 1, "delay": 1}
    story.stripe.faults.add(slow)

    def delete_when_it_is_being_read():
        while not WebhookEvent.objects.filter(attempts__gt=0, processed_at=None).exists():
            time.sleep(0.02)
        Team.objects.get(pk=story.holder.pk).delete()

    answer, _deleted = at_once(lambda: post_signed(news[0]), delete_when_it_is_being_read)

    assert answer.status_code == 200
    assert not WebhookEvent.objects.filter(processed_at=None).exists()
    assert not Team.objects.exists()
    assert not Subscription.objects.exists()
