"""The inbox in the admin when much is in it, and when somebody sends what the page would not."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import stripe as stripe_python
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone
from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event
from djstripe.signals import WEBHOOK_SIGNALS

from apps.core.models import AuditEntry
from apps.subscriptions import gateway, inbox, tasks
from apps.subscriptions.admin import event_actions
from apps.subscriptions.errors import StripeUnavailable
from apps.subscriptions.holders import holder_label
from apps.subscriptions.models import Subscription, WebhookEvent
from apps.subscriptions.patience import AWAY_IN_A_ROW
from apps.subscriptions.services import replay
from apps.subscriptions.tests.conftest import committed, current, gate_is_open, signed_in
from apps.subscriptions.tests.events import event
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

EVENTS = "/admin/subscriptions/webhookevent/"
NOW = timezone.now


@pytest.fixture
def staff():
    return signed_in(UserFactory(email="staff@example.com", is_staff=True, is_superuser=True))


def stored(name, customer="cus_1", **columns):
    return WebhookEvent.objects.create(
        event_id=name, type="customer.updated", customer_id=customer, payload={"id": name}, **columns
    )


def act(client, action, *rows, **more):
    chosen = [getattr(row, "pk", row) for row in rows]
    return client.post(EVENTS, {"action": action, "_selected_action": chosen, **more}, follow=True)


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def found(client, query):
    rows = client.get(f"{EVENTS}?{query}").context["cl"].result_list
    return sorted(row.event_id for row in rows)


# What it shows ---------------------------------------------------------------------------------------------


def test_the_head_says_how_many_wait_fail_and_were_given_up(staff):
    now = NOW()
    stored("evt_done", processed_at=now)
    stored("evt_new", received_at=now)
    stored("evt_bad", received_at=now - timedelta(hours=2), error="ouch")
    stored("evt_over", received_at=now - timedelta(days=5), failed_at=now)

    piles = staff.get(EVENTS).context["piles"]

    assert [(pile.count, pile.age.days, pile.age.seconds // 3600) for _words, pile, _url in piles] == [
        (2, 0, 2),
        (1, 0, 2),
        (1, 5, 0),
    ]
    for _words, pile, url in piles:
        assert staff.get(url).context["cl"].result_count == pile.count


def test_events_are_found_by_age_attempts_and_type(staff):
    now = NOW()
    stored("evt_old", received_at=now - timedelta(days=2), attempts=4)
    stored("evt_20_minutes", received_at=now - timedelta(minutes=20), attempts=1)
    WebhookEvent.objects.create(event_id="evt_new", type="payout.paid", payload={})

    assert found(staff, "age=late") == ["evt_20_minutes", "evt_old"]
    assert found(staff, "age=day") == ["evt_old"]
    assert found(staff, "tries=more") == ["evt_old"]
    assert found(staff, "tries=none") == ["evt_new"]
    assert found(staff, "type=other") == ["evt_new"]
    assert found(staff, "type=customer.updated&age=hour") == ["evt_old"]


def test_events_are_found_by_our_holder(stripe, holder, buy, staff):
    customer = buy(holder, "starter").stripe_customer_id
    WebhookEvent.objects.all().delete()
    stored("evt_ours", customer)
    stored("evt_foreign", "cus_of_somebody_else")
    stored("evt_none", "")

    assert found(staff, f"holder={holder.pk}") == ["evt_ours"]
    assert found(staff, "holder=ours") == ["evt_ours"]
    assert found(staff, "holder=foreign") == ["evt_foreign"]
    assert found(staff, "holder=none") == ["evt_none"]
    assert found(staff, f"q={holder_label(holder).split()[0]}") == ["evt_ours"]


@pytest.mark.parametrize(
    "query",
    [
        "outcome=x",
        "age=x",
        "tries=-1",
        "holder=x",
        "type=x",
        "q=%00",
        "q=' OR 1=1 --",
        "p=999",
        "o=99.-x",
        "e=1",
    ],
)
def test_another_word_in_the_address_is_no_error(staff, query):
    stored("evt_1")

    assert staff.get(f"{EVENTS}?{query}", follow=True).status_code == 200


def test_what_stripe_sent_is_shown_harmless_and_cut_when_it_is_huge(staff):
    row = stored("evt_1", error="\x1b[31mred <b>bold</b>")
    row.payload = {"name": "</pre><script>alert(1)</script>", "long": "x" * 1_000_000, "livemode": False}
    row.save()

    response = staff.get(f"{EVENTS}{row.pk}/change/")

    page = response.content.decode()
    assert "<script>alert(1)" not in page
    assert "\x1b" not in page
    assert "<b>bold" not in page
    assert len(page) < 300_000
    assert "Cut after 100,000 of 1,000," in page


def test_a_list_of_many_asks_as_little_as_one_of_few(staff, django_assert_max_num_queries):
    WebhookEvent.objects.bulk_create(
        WebhookEvent(event_id=f"evt_{n}", type="x", customer_id=f"cus_{n}", payload={}) for n in range(3000)
    )

    for query in ("", "?outcome=given-up", "?outcome=waiting&age=late", "?holder=ours"):
        with django_assert_max_num_queries(10) as asked:
            staff.get(EVENTS + query)

        assert not any("DISTINCT" in query["sql"] for query in asked.captured_queries)


def test_what_waits_and_what_was_given_up_is_found_by_an_index(staff):
    plan = " ".join(
        str(rows.explain())
        for rows in (
            WebhookEvent.objects.filter(processed_at=None, failed_at=None).order_by(
                "failed_at", "received_at"
            ),
            WebhookEvent.objects.filter(processed_at=None, failed_at__isnull=False).order_by("failed_at"),
        )
    )

    if connection.vendor == "sqlite":
        assert plan.count("unfinished_webhook_events") == 2
    assert "TEMP B-TREE" not in plan


# Replaying -------------------------------------------------------------------------------------------------


@pytest.fixture
def receiver_calls():
    calls = []

    def note(sender, event, **kwargs):
        calls.append(event.id)

    djstripe_receiver("customer.subscription.updated")(note)
    yield calls
    WEBHOOK_SIGNALS["customer.subscription.updated"].disconnect(note, sender=Event)


def test_an_old_event_replayed_after_newer_ones_brings_no_old_state(
    stripe, holder, owner_client, buy, deliver_webhooks, staff, receiver_calls
):
    subscription = buy(holder, "starter")
    old = event(customer=subscription.stripe_customer_id, id="evt_old")
    old["data"]["object"] |= {"id": subscription.stripe_id, "status": "active"}
    inbox.store(old)
    inbox.work_customer(subscription.stripe_customer_id)
    api = stripe_python.StripeClient(gateway.secret_key(), base_addresses={"api": stripe_python.api_base}).v1
    api.subscriptions.cancel(subscription.stripe_id)
    deliver_webhooks()
    before = list(receiver_calls)

    answer = act(staff, "work_again", WebhookEvent.objects.get(event_id="evt_old"))

    assert "receivers are not told twice" in said(answer)
    assert receiver_calls == before
    assert current(holder).status == "canceled"
    assert not gate_is_open(owner_client, holder)


def test_many_are_handed_to_the_workers_in_chunks_and_done_by_them(stripe, holder, buy, staff):
    subscription = buy(holder, "starter")
    WebhookEvent.objects.all().delete()
    for number in range(120):
        inbox.store(event("customer.updated", subscription.stripe_customer_id, id=f"evt_{number}"))
    WebhookEvent.objects.update(failed_at=NOW(), error="ouch")
    Subscription.objects.update(status="past_due")

    by = AuditEntry.objects.count()
    user = UserFactory(is_staff=True)
    with committed():
        for numbers in replay.begin(WebhookEvent.objects.all(), by=user):
            tasks.replay_events(numbers)

    assert not WebhookEvent.objects.filter(processed_at=None).exists()
    assert current(holder).status == "active"
    assert AuditEntry.objects.filter(action="events.replayed", after={"events": 120}).count() == 1
    assert AuditEntry.objects.count() > by


def test_those_done_already_are_read_back_once_a_customer(stripe, holder, buy):
    subscription = buy(holder, "starter")
    Subscription.objects.update(status="past_due")
    done = [stored(f"evt_d{n}", subscription.stripe_customer_id, processed_at=NOW()) for n in range(30)]
    asked = len(stripe.requests.since(0))

    with committed():
        tasks.replay_events([row.pk for row in done])

    assert current(holder).status == "active"
    assert len(stripe.requests.since(0)) - asked <= 3


def test_one_customer_that_cannot_be_read_does_not_keep_the_others_waiting(stripe, holder, buy):
    subscription = buy(holder, "starter")
    Subscription.objects.update(status="past_due")
    rows = [
        stored("evt_a", "cus_1"),
        stored("evt_b", subscription.stripe_customer_id),
        stored("evt_c", "cus_z"),
    ]
    WebhookEvent.objects.update(processed_at=NOW())
    stripe.faults.add({"match": {"path": "/v1/customers/cus_[1z]*"}, "times": None, "status": 500})
    stripe.faults.add({"match": {"path": "/v1/subscriptions"}, "times": 1, "status": 500})

    tasks.replay_events([row.pk for row in rows])  # what failed is in the log; nothing is raised

    tasks.replay_events([row.pk for row in rows])
    assert current(holder).status == "active"


def test_who_could_not_be_read_is_tried_again_by_the_worker(stripe, holder, buy):
    row = stored("evt_a", buy(holder, "starter").stripe_customer_id, processed_at=NOW())
    stripe.faults.add({"match": {"path": "/v1/subscriptions"}, "times": None, "status": 500})

    with pytest.raises(StripeUnavailable):
        replay.read_back([row.pk])


def test_when_stripe_is_away_a_worker_does_not_wait_for_each_of_fifty(stripe):
    """Half a minute each would be more than a task may live, and the rest of its chunk be lost."""
    rows = [stored(f"evt_{n}", f"cus_{n}", processed_at=NOW()) for n in range(6)]
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 429, "retry_after": 0})

    with pytest.raises(StripeUnavailable):
        replay.read_back([row.pk for row in rows])

    asked = {customer for row in stripe.requests.since(0) if (customer := named(row))}
    assert len(asked) == AWAY_IN_A_ROW


def named(request):
    """The customer that a request to Stripe is about."""
    return next(iter(re.findall(r"cus_\d", json.dumps(request, default=str))), None)


def test_without_a_worker_more_than_a_few_are_not_begun(staff, stripe):
    rows = [stored(f"evt_{n}", "", failed_at=NOW()) for n in range(event_actions.FEW + 1)]

    answer = act(staff, "work_again", *rows)

    assert "run process_webhooks" in said(answer)
    assert WebhookEvent.objects.filter(failed_at=None).count() == 0


def test_all_that_match_is_what_the_filter_finds(staff, stripe):
    for number in range(3):
        inbox.store(event("customer.updated", f"cus_{number}", id=f"evt_{number}"))
    inbox.store(event("payout.paid", id="evt_other"))
    WebhookEvent.objects.update(failed_at=NOW())
    other = WebhookEvent.objects.get(event_id="evt_other")

    data = {"action": "work_again", "select_across": "1", "_selected_action": [other.pk], "index": "0"}
    staff.post(f"{EVENTS}?type=customer.updated", data)

    assert WebhookEvent.objects.filter(processed_at=None).get() == other


# What the page would not send -------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", ["999999", "abc", "-1", "1e5", "\x00", "9" * 40, "1 OR 1=1", "", "None"])
def test_rows_that_do_not_exist_change_nothing(staff, chosen):
    row = stored("evt_1", failed_at=NOW())

    answer = act(staff, "work_again", chosen)

    row.refresh_from_db()
    assert answer.status_code == 200
    assert row.failed_at is not None


@pytest.mark.parametrize("action", ["delete_selected", "drop_all", "__class__", "", "sync_customers\x00"])
def test_an_action_that_is_none_changes_nothing(staff, action):
    row = stored("evt_1", failed_at=NOW())

    answer = act(staff, action, row)

    row.refresh_from_db()
    assert answer.status_code == 200
    assert row.failed_at is not None


def test_a_look_or_a_form_without_its_token_changes_nothing(staff):
    row = stored("evt_1", failed_at=NOW())
    data = {"action": "work_again", "_selected_action": [row.pk]}
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff.cookies

    assert staff.get(EVENTS, data, follow=True).status_code == 200
    assert strict.post(EVENTS, data).status_code == 403
    assert staff.post(f"{EVENTS}{row.pk}/change/", {"processed_at": "2026-01-01"}).status_code == 403
    row.refresh_from_db()
    assert (row.failed_at is None, row.processed_at) == (False, None)


@pytest.mark.parametrize("rights", [[], ["view_subscription"], ["view_webhookevent"], ["change_notice"]])
@pytest.mark.parametrize("action", ["work_again", "sync_customers"])
def test_staff_without_the_right_change_nothing(stripe, rights, action):
    row = stored("evt_1", failed_at=NOW())
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))

    answer = act(signed_in(user), action, row)

    row.refresh_from_db()
    assert answer.status_code in (200, 403)
    assert row.failed_at is not None
    assert json.dumps([row.attempts, row.error]) == '[0, ""]'
