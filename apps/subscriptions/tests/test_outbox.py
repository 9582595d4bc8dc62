"""A promised mail leaves once, whatever the mail server, Stripe and the workers do; in the reader's terms."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import transaction
from django.template.loader import get_template
from django.utils import timezone

from apps.subscriptions import tasks
from apps.subscriptions.holders import billing_url
from apps.subscriptions.mails import notices, outbox
from apps.subscriptions.models import Notice, Subscription, WebhookEvent
from apps.subscriptions.tests.conftest import committed
from apps.subscriptions.tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db

DAY = 86400


def day(moment):
    return f"{moment.day} {moment:%B %Y}"


def promise_end(holder, occasion="once"):
    row = Subscription.objects.filter(holder=holder).first() or SubscriptionFactory(
        holder=holder, canceled=True
    )
    notices.promise(Notice.Kind.PLAN_ENDED, occasion, holder=holder, data={"subscription": row.stripe_id})


def test_a_mail_server_that_is_away_costs_nothing_and_gets_it_later(
    stripe, holder, buy, owner_client, told, mail_server
):
    buy(holder, "starter")
    mail_server.away = True

    response = owner_client.post(billing_url("cancel", holder), follow=True)

    assert response.status_code == 200
    assert told("owner@example.com") == []
    for waiting in Notice.objects.filter(sent_at=None):
        assert waiting.due_at <= timezone.now() + outbox.PAUSE, "not as late as after somebody died"
    mail_server.away = False
    tasks.send_waiting_notices()
    assert told("owner@example.com") == []  # not before its time
    Notice.objects.update(due_at=timezone.now())
    tasks.send_waiting_notices()
    tasks.send_waiting_notices()
    assert len(told("owner@example.com")) == 1


def test_the_command_sends_what_waits_while_stripe_is_away(stripe, holder, mailoutbox):
    promise_end(holder)
    for number in range(5):
        WebhookEvent.objects.create(
            event_id=f"evt_{number}", type="customer.updated", customer_id=f"cus_{number}", payload={}
        )
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 500})

    with pytest.raises(CommandError, match="away 3 times"):
        call_command("process_webhooks", stdout=StringIO(), stderr=StringIO())

    assert len(mailoutbox) == 1


def test_without_a_broker_the_command_sends_what_waits(holder, mailoutbox, capsys):
    promise_end(holder)

    call_command("process_webhooks")
    call_command("process_webhooks")

    assert len(mailoutbox) == 1
    assert capsys.readouterr().out == "Mails sent: 1\n"


def test_stripe_being_away_when_the_mail_is_written_keeps_it_waiting(
    stripe, holder, buy, fail_renewal, told, deliver_webhooks
):
    subscription = buy(holder, "starter")
    stripe.faults.add({"match": {"method": "GET", "path": "/v1/invoices/*"}, "times": 9, "status": 503})

    answers = fail_renewal(subscription)

    assert {answer.status_code for answer in answers} == {200}
    assert told("owner@example.com") == []
    stripe.faults.clear()
    Notice.objects.update(due_at=timezone.now())
    tasks.send_waiting_notices()
    assert told("owner@example.com") == ["Your payment of $29.00 failed"]


def test_what_is_rolled_back_is_never_mailed(holder, mailoutbox):
    with committed():
        try:
            with transaction.atomic():
                promise_end(holder)
                raise RuntimeError
        except RuntimeError:
            pass

    assert mailoutbox == []
    assert not Notice.objects.exists()


def test_whoever_comes_second_does_not_send_it_again(holder, mailoutbox):
    promise_end(holder)
    key = Notice.objects.get().key

    assert [outbox.send(key), outbox.send(key)] == [True, False]
    assert len(mailoutbox) == 1


class DiesAfterwards(EmailBackend):
    died = False

    def send_messages(self, messages):
        super().send_messages(messages)
        if not DiesAfterwards.died:
            DiesAfterwards.died = True
            raise SystemExit


def test_who_dies_before_it_is_noted_leaves_the_same_mail_to_be_sent_again(holder, settings, mailoutbox):
    promise_end(holder)
    promise_end(holder, "another")
    key = Notice.objects.first().key
    settings.EMAIL_BACKEND, DiesAfterwards.died = f"{__name__}.DiesAfterwards", False
    with pytest.raises(SystemExit):
        outbox.send(key)
    assert outbox.send(key) is False  # it may live

    with time_machine.travel(timezone.now() + outbox.CLAIM + timedelta(seconds=1)):
        tasks.send_waiting_notices()
        tasks.send_waiting_notices()

    first, another, again = [mail.message()["Message-ID"] for mail in mailoutbox]
    assert first == again
    assert another != first


def test_one_that_cannot_be_written_does_not_hold_the_others_up(holder, mailoutbox):
    promise_end(holder, "broken")
    promise_end(holder, "fine")
    Notice.objects.filter(key__endswith="broken").update(data={})

    tasks.send_waiting_notices()

    assert len(mailoutbox) == 1
    assert Notice.objects.get(key__endswith="broken").sent_at is None


def test_dates_are_the_payer_s_own_and_names_break_no_subject(holder, owner, mailoutbox):
    owner.time_zone = "Asia/Tokyo"
    owner.save()
    if hasattr(holder, "slug"):
        holder.name = "A & <b>\nBcc: x@example.com"
        holder.save()
    ended_at = timezone.now().replace(hour=23, minute=30)
    row = SubscriptionFactory(holder=holder, canceled=True, ended_at=ended_at)

    with committed():
        notices.promise(Notice.Kind.PLAN_ENDED, "x", holder=holder, data={"subscription": row.stripe_id})

    [mail] = mailoutbox
    assert day(ended_at + timedelta(hours=9)) in mail.body
    assert "\n" not in mail.subject
    assert "<b>" not in mail.alternatives[0].content.partition("<body>")[2]
    assert django_mail.outbox[0].message()["To"] == "owner@example.com"


def test_links_follow_the_site_s_setting(holder, mailoutbox, settings):
    settings.USE_HTTPS_IN_ABSOLUTE_URLS, settings.SITE_DOMAIN = True, "app.example.com"

    with committed():
        promise_end(holder)

    assert f"https://app.example.com{billing_url('tab', holder)}" in mailoutbox[0].body


def test_a_fixed_address_for_invoices_gets_them(holder, mailoutbox):
    holder.billing_email = "invoices@example.com"
    holder.save()

    with committed():
        promise_end(holder)

    assert mailoutbox[0].to == ["invoices@example.com"]


@pytest.mark.parametrize("kind", Notice.Kind.values)
def test_every_kind_has_a_writer_and_words(kind):
    assert kind in outbox.WRITERS
    assert get_template(f"emails/subscriptions/{kind}.txt")
