"""The inbox and the mails in the admin: what came of each, and doing it again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.utils import timezone
from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event
from djstripe.signals import WEBHOOK_SIGNALS

from apps.subscriptions import inbox
from apps.subscriptions.holders import holder_label
from apps.subscriptions.models import Notice, Subscription, WebhookEvent
from apps.subscriptions.tests.conftest import current, signed_in
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

EVENTS = "/admin/subscriptions/webhookevent/"
NOTICES = "/admin/subscriptions/notice/"


@pytest.fixture
def staff():
    return signed_in(UserFactory(email="staff@example.com", is_staff=True, is_superuser=True))


def arrived(event_id, customer, **columns):
    """An event that was stored and not worked (any more)."""
    inbox.store(
        {
            "id": event_id,
            "object": "event",
            "type": "customer.updated",
            "livemode": False,
            "api_version": None,
            "created": 1,
            "data": {"object": {"id": customer, "object": "customer"}},
        }
    )
    WebhookEvent.objects.filter(event_id=event_id).update(**columns)
    return WebhookEvent.objects.get(event_id=event_id)


def act(client, path, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(path, data, follow=True)


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def is_processed(row):
    return WebhookEvent.objects.get(pk=row.pk).processed_at is not None


@pytest.fixture
def given_up():
    return {"failed_at": timezone.now() - timedelta(days=1), "attempts": 9, "error": "Traceback: ouch"}


@pytest.fixture
def broken_receiver():
    def refuse(sender, event, **kwargs):
        if event.id == "evt_poison":
            raise RuntimeError("the buyer's own code")

    djstripe_receiver("customer.updated")(refuse)
    yield
    WEBHOOK_SIGNALS["customer.updated"].disconnect(refuse, sender=Event)


def test_events_that_were_given_up_are_worked_again_from_the_list(holder, buy, staff, given_up):
    customer = buy(holder, "starter").stripe_customer_id
    rows = [arrived(f"evt_{n}", customer, **given_up) for n in range(3)]

    answer = act(staff, EVENTS, "work_again", *rows)

    assert [is_processed(row) for row in rows] == [True, True, True]
    assert "3 events are worked again" in said(answer)


def test_one_event_is_worked_again_from_its_own_page(holder, buy, staff, given_up):
    row = arrived("evt_late", buy(holder, "starter").stripe_customer_id, **given_up)

    page = staff.get(f"{EVENTS}{row.pk}/change/").content.decode()

    assert "Traceback: ouch" in page
    assert "https://dashboard.stripe.com/test/events/evt_late" in page
    assert 'value="work_again"' in page
    assert holder_label(holder) in page

    act(staff, EVENTS, "work_again", row)
    page = staff.get(f"{EVENTS}{row.pk}/change/").content.decode()
    assert 'value="work_again"' not in page
    assert 'value="sync_customers"' in page


def test_what_was_processed_is_not_told_to_receivers_again(holder, buy, staff):
    buy(holder, "starter")
    row = WebhookEvent.objects.filter(processed_at__isnull=False).first()

    answer = act(staff, EVENTS, "work_again", row)

    assert "Processed events stay as they are" in said(answer)
    assert WebhookEvent.objects.get(pk=row.pk).processed_at == row.processed_at


def test_the_customer_of_a_processed_event_is_read_back(holder, buy, staff):
    row = buy(holder, "starter")
    Subscription.objects.filter(pk=row.pk).update(status="past_due")

    answer = act(staff, EVENTS, "sync_customers", *WebhookEvent.objects.exclude(customer_id=""))

    assert current(holder).status == "active"
    assert "1 customer read back" in said(answer)


@pytest.mark.django_db(transaction=True)  # so that the work runs where it does without tests: in the action
def test_an_event_that_fails_again_is_a_sentence(holder, buy, staff, given_up, broken_receiver):
    row = arrived("evt_poison", buy(holder, "starter").stripe_customer_id, **given_up)

    answer = act(staff, EVENTS, "work_again", row)

    assert answer.status_code == 200
    assert "It failed again: the buyer's own code" in said(answer)
    assert not is_processed(row)


def test_stripe_away_is_a_sentence(stripe, holder, buy, staff):
    buy(holder, "starter")
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 500})

    answer = act(staff, EVENTS, "sync_customers", *WebhookEvent.objects.exclude(customer_id=""))

    assert answer.status_code == 200
    assert "Stripe did not answer for all of them" in said(answer)


def test_who_may_only_look_has_nothing_to_press(holder, buy, given_up):
    row = arrived("evt_late", buy(holder, "starter").stripe_customer_id, **given_up)
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_webhookevent"))
    looker = signed_in(user)

    act(looker, EVENTS, "work_again", row)

    assert not is_processed(row)
    assert 'value="work_again"' not in looker.get(f"{EVENTS}{row.pk}/change/").content.decode()


def test_the_list_says_what_came_of_each(staff):
    now = timezone.now()
    arrived("evt_new", "cus_1")
    arrived("evt_bad", "cus_1", attempts=2, error="ouch")
    arrived("evt_done", "cus_1", processed_at=now)
    arrived("evt_over", "cus_1", failed_at=now)

    def found(outcome):
        rows = staff.get(f"{EVENTS}?outcome={outcome}").context["cl"].result_list
        return sorted(row.event_id for row in rows)

    assert found("waiting") == ["evt_bad", "evt_new"]
    assert found("failing") == ["evt_bad"]
    assert found("processed") == ["evt_done"]
    assert found("given-up") == ["evt_over"]
    assert "Failed, next try" in staff.get(EVENTS).content.decode()


def test_the_list_never_reads_what_stripe_sent(staff, django_assert_max_num_queries):
    for n in range(60):
        arrived(f"evt_{n}", f"cus_{n}", error="x" * 5000)

    with django_assert_max_num_queries(8) as asked:
        staff.get(EVENTS)

    assert not any('"payload"' in query["sql"] for query in asked.captured_queries)


def test_a_mail_that_waits_is_sent_from_the_list(settings, staff):
    settings.ADMINS = [("", "ops@example.com")]
    arrived("evt_1", "cus_1", failed_at=timezone.now())
    waiting = notice("evt_1", due_at=timezone.now() + timedelta(hours=1))

    act(staff, NOTICES, "send_now", waiting)

    assert [message.to for message in mail.outbox] == [["ops@example.com"]]
    assert Notice.objects.get(pk=waiting.pk).sent_at is not None


def notice(event_id, **columns):
    """The news that an event was given up."""
    return Notice.objects.create(
        key=f"event-given-up:{event_id}",
        kind=Notice.Kind.EVENT_GIVEN_UP,
        audience=Notice.Audience.OPERATORS,
        data={"event": event_id, "type": "invoice.paid"},
        **columns,
    )


def test_a_mail_that_has_left_is_not_sent_twice(settings, staff):
    settings.ADMINS = [("", "ops@example.com")]
    sent = notice("evt_1", sent_at=timezone.now())

    answer = act(staff, NOTICES, "send_now", sent)

    assert "not sent twice" in said(answer)
    assert mail.outbox == []


def test_mails_are_found_by_whether_they_have_left(staff):
    notice("evt_1")
    notice("evt_2", sent_at=timezone.now())

    waiting = staff.get(f"{NOTICES}?state=waiting").context["cl"].result_list
    done = staff.get(f"{NOTICES}?state=done").context["cl"].result_list

    assert [row.key for row in waiting] == ["event-given-up:evt_1"]
    assert [row.key for row in done] == ["event-given-up:evt_2"]
    assert "Event given up" in staff.get(NOTICES).content.decode()
