"""ADMINS hear when events wait, once an hour, and when it is over; and that the sweeper stood still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.signals import post_save
from django.utils import timezone

from apps.core.piles import COUNT_TO, counted
from apps.subscriptions import tasks
from apps.subscriptions.models import Notice, Pulse, WebhookEvent
from apps.subscriptions.tests.conftest import committed, signed_in
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)
LATE = "events are not worked"
OVER = "Stripe events are worked again"


@pytest.fixture
def at(time_machine):
    """Move to so many minutes after noon, sweeping on the way like beat, if not as often."""
    time_machine.move_to(NOON, tick=False)
    clock = {"minute": 0}

    def at(minute):
        while clock["minute"] < minute:
            clock["minute"] = min(clock["minute"] + 5, minute)
            time_machine.move_to(NOON + timedelta(minutes=clock["minute"]), tick=False)
            sweep()

    return at


def sweep():
    with committed():
        tasks.sweep_inbox()


@pytest.fixture
def stuck(at):
    """Two events that fail each time."""
    return [an_event("evt_1"), an_event("evt_2", customer="cus_2")]


def an_event(name, customer="cus_1", **columns):
    """It stands in the inbox, and its next try is not due: what becomes of it is told elsewhere."""
    return WebhookEvent.objects.create(
        event_id=name,
        type="invoice.paid",
        customer_id=customer,
        payload={},
        received_at=NOON,
        next_attempt_at=NOON + timedelta(days=1),
        **{"attempts": 4, "error": "Traceback\n  in sync\nStripeUnavailable: 500", **columns},
    )


def done():
    WebhookEvent.objects.update(processed_at=timezone.now())


def test_events_that_wait_for_a_quarter_of_an_hour_are_told_once(stuck, at, told):
    at(15)
    assert told("ops@example.com") == []

    at(16)
    at(60)

    assert told("ops@example.com") == ["2 Stripe events are not worked"]


def test_the_mail_says_what_how_many_since_when_and_why(stuck, at, told, mailoutbox):
    at(16)

    text = mailoutbox[0].body
    for words in (
        "At 3 December 2026, 12:16 UTC",
        "Events that wait: 2",
        "Of those, failed before: 2",
        "The oldest arrived: 3 December 2026, 12:00 UTC",
        "The oldest that failed: evt_1",
        "Customer: cus_1",
        "Last error: StripeUnavailable: 500",
        "/admin/subscriptions/webhookevent/?outcome=waiting&age=late",
    ):
        assert words in text
    assert "in sync" not in text


def test_why_it_failed_is_said_though_an_older_one_was_never_tried(at, told, mailoutbox):
    an_event("evt_1", attempts=0, error="", customer="cus_2")
    an_event("evt_2")

    at(16)

    assert "The oldest that failed: evt_2" in mailoutbox[0].body
    assert "Last error: StripeUnavailable: 500" in mailoutbox[0].body


def test_its_link_leads_to_those_that_are_late(stuck, at, told, mailoutbox):
    at(16)
    an_event("evt_new")
    WebhookEvent.objects.filter(event_id="evt_new").update(received_at=timezone.now())
    staff = signed_in(UserFactory(is_staff=True, is_superuser=True))
    link = next(word for word in mailoutbox[0].body.split() if "webhookevent/?" in word)

    page = staff.get(link[link.index("/admin/") :])

    assert sorted(row.event_id for row in page.context["cl"].result_list) == ["evt_1", "evt_2"]


def test_while_nobody_mends_it_it_is_told_each_hour(stuck, at, told):
    at(16)
    at(16 + 125)

    assert told("ops@example.com") == 3 * ["2 Stripe events are not worked"]


def test_that_it_is_over_is_told_once_and_new_trouble_is_told_at_once(stuck, at, told):
    at(16)
    done()
    at(30)
    an_event("evt_3")

    at(31)

    assert told("ops@example.com") == [
        "2 Stripe events are not worked",
        OVER,
        "1 Stripe event is not worked",
    ]


def test_events_nobody_tried_are_told_with_another_advice(at, told, mailoutbox):
    an_event("evt_1", attempts=0, error="")

    at(16)

    assert "Of those, failed before: 0" in mailoutbox[0].body
    assert "Look whether the worker runs" in mailoutbox[0].body
    assert "Last error" not in mailoutbox[0].body


def test_what_was_given_up_has_its_own_mail_and_is_no_waiting(at, told):
    an_event("evt_1", failed_at=NOON)

    at(40)

    assert told("ops@example.com") == []


def test_two_sweepers_at_once_tell_it_once(stuck, at, told):
    at(16)

    sweep()

    assert told("ops@example.com") == ["2 Stripe events are not worked"]


def test_a_mail_about_events_that_are_worked_just_then_leaves_all_the_same(stuck, at, told):
    def work(instance, **kwargs):
        if instance.name == Pulse.EVENTS_LATE:
            done()

    post_save.connect(work, sender=Pulse)
    at(16)
    post_save.disconnect(work, sender=Pulse)

    assert told("ops@example.com") == ["2 Stripe events are not worked"]


def test_a_sweeper_that_stood_still_says_how_long(at, told, mailoutbox, time_machine):
    at(1)
    time_machine.move_to(NOON + timedelta(minutes=48), tick=False)

    sweep()
    sweep()

    assert told("ops@example.com") == ["Background work stood still for 47 minutes"]
    assert "Last run: 3 December 2026, 12:01 UTC" in mailoutbox[0].body


def test_a_short_pause_for_a_deployment_is_nothing_to_tell(at, told, time_machine):
    at(1)
    time_machine.move_to(NOON + timedelta(minutes=12), tick=False)

    sweep()

    assert told("ops@example.com") == []
    assert Pulse.objects.get(name=Pulse.SWEEPER).at == timezone.now()


def test_the_first_sweep_of_all_tells_nothing(at, told):
    sweep()

    assert Notice.objects.count() == 0


def test_nobody_counts_further_than_a_person_reads():
    assert [counted(COUNT_TO - 1), counted(COUNT_TO)] == ["9999", "10000+"]
