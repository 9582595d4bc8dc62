"""What the payer gets told, once, and what the mails say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from djstripe.models import PaymentMethod

from apps.subscriptions import sync, tasks
from apps.subscriptions.holders import billing_url, holder_label
from apps.subscriptions.mails import outbox
from apps.subscriptions.mails.for_payers import payment_failed
from apps.subscriptions.models import Notice
from apps.subscriptions.tests.conftest import committed, current, post_signed
from apps.subscriptions.tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db

DAY = 86400


def day(moment):
    return f"{moment.day} {moment:%B %Y}"


def test_a_failed_payment_is_told_with_the_way_to_mend_it(stripe, holder, buy, fail_renewal, mailoutbox):
    subscription = buy(holder, "starter")

    fail_renewal(subscription)

    [mail] = mailoutbox
    invoice = stripe.where("invoice", status="open")[0]
    assert mail.to == ["owner@example.com"]
    assert mail.subject == "Your payment of $29.00 failed"
    assert invoice["hosted_invoice_url"] in mail.body
    assert "Visa ending in 4242" in mail.body
    assert f"We try again on {day(datetime.fromtimestamp(invoice['next_payment_attempt'], UTC))}" in mail.body
    assert f"access stays until {day(current(holder).grace_until)} at the longest." in mail.body
    assert f'href="{invoice["hosted_invoice_url"]}"' in mail.alternatives[0].content


def test_the_same_failure_delivered_again_is_not_told_again(stripe, holder, buy, told, deliver_webhooks):
    subscription = buy(holder, "starter")
    stripe.decline_next_renewal(subscription.stripe_customer_id)
    stripe.advance(31 * DAY + 7200)
    waiting = stripe.pending_deliveries()

    for signed in [*waiting, *reversed(waiting)]:
        post_signed(signed)

    assert told("owner@example.com") == ["Your payment of $29.00 failed"]


def test_a_mail_that_waited_past_the_next_attempt_leaves_it_to_that_ones(
    stripe, holder, buy, fail_renewal, told, deliver_webhooks, mail_server
):
    row = buy(holder, "starter")
    mail_server.away = True
    fail_renewal(row, times=2)
    stripe.advance(3 * DAY)
    deliver_webhooks()
    waiting = Notice.objects.filter(kind=Notice.Kind.PAYMENT_FAILED, sent_at=None)
    assert waiting.count() == 2
    waiting.update(due_at=timezone.now())

    mail_server.away = False
    outbox.send_waiting()

    assert told("owner@example.com") == ["Your payment of $29.00 failed"]


def test_each_attempt_has_its_own_mail(stripe, holder, buy, fail_renewal, told, deliver_webhooks):
    subscription = buy(holder, "starter")
    fail_renewal(subscription, times=2)

    stripe.advance(3 * DAY)
    deliver_webhooks()

    assert told("owner@example.com") == ["Your payment of $29.00 failed"] * 2


def test_news_of_a_payment_that_was_mended_since_mails_nobody(stripe, holder, buy, told, deliver_webhooks):
    subscription = buy(holder, "starter")
    stripe.decline_next_renewal(subscription.stripe_customer_id)
    stripe.advance(35 * DAY)  # the retry took the money

    deliver_webhooks()

    assert current(holder).status == "active"
    assert told("owner@example.com") == []
    assert not Notice.objects.exists()


def test_a_payment_mended_before_the_mail_could_leave_mails_nobody(
    stripe, holder, buy, fail_renewal, told, mail_server, deliver_webhooks
):
    subscription = buy(holder, "starter")
    mail_server.away = True
    fail_renewal(subscription)
    with stripe:
        stripe.update(stripe.where("invoice", status="open")[0], status="paid")  # by other means

    mail_server.away = False
    Notice.objects.update(due_at=timezone.now())
    tasks.send_waiting_notices()

    assert told("owner@example.com") == []
    assert Notice.objects.get().sent_at is not None


def test_a_bank_that_asks_for_confirmation_gets_one_mail_of_its_own(
    stripe, holder, owner_client, deliver_webhooks, told, mailoutbox
):
    owner_client.post(billing_url("checkout", holder), {"plan": "starter", "interval": "month"})
    session = holder.checkout_attempts.get().session_id
    stripe.complete_checkout(session, "4000002760003184", authenticated=True)
    deliver_webhooks()

    stripe.advance(31 * DAY + 7200)
    deliver_webhooks()

    assert told("owner@example.com") == ["Confirm your payment of $29.00"]
    assert "Your bank asks you to confirm" in mailoutbox[0].body
    assert stripe.where("invoice", status="open")[0]["hosted_invoice_url"] in mailoutbox[0].body


def test_the_bank_s_reason_is_told_where_that_helps(stripe, holder, buy, deliver_webhooks, mailoutbox):
    subscription = buy(holder, "starter")
    with stripe:
        card = stripe.get(subscription.payment_method_id)
        stripe.update(card, _number="4000000000009995")

    stripe.advance(31 * DAY + 7200)
    deliver_webhooks()

    assert "There was not enough money on it." in mailoutbox[0].body


def test_a_trial_that_ends_is_announced_with_its_price(
    stripe, holder, buy, told, deliver_webhooks, mailoutbox
):
    subscription = buy(holder, "pro")

    stripe.advance(11 * DAY + 60)
    deliver_webhooks()

    assert told("owner@example.com") == [f"Your trial of Pro ends on {day(subscription.trial_end)}"]
    assert f"Pro for {holder_label(holder)} costs $20.00 / month." in mailoutbox[0].body
    assert "Visa ending in 4242" in mailoutbox[0].body
    assert billing_url("tab", holder) in mailoutbox[0].body


def test_a_trial_without_a_card_is_told_what_is_missing_and_then_that_it_waits(
    stripe, holder, buy, told, deliver_webhooks, mailoutbox
):
    subscription = buy(holder, "pro")
    with stripe:
        behavior = {"end_behavior": {"missing_payment_method": "pause"}}
        at_stripe = stripe.get(subscription.stripe_id)
        stripe.update(at_stripe, default_payment_method=None, trial_settings=behavior)
        customer = stripe.get(subscription.stripe_customer_id)
        stripe.update(
            customer, invoice_settings={**customer["invoice_settings"], "default_payment_method": None}
        )

    stripe.advance(11 * DAY + 60)
    deliver_webhooks()
    stripe.advance(4 * DAY)
    deliver_webhooks()

    announced, waits = mailoutbox
    assert "There is no card on file" in announced.body
    assert waits.subject == "Your trial of Pro is over"
    assert "Add a card" in waits.alternatives[0].content


def test_when_stripe_s_event_got_lost_the_daily_look_tells_the_same_once(
    stripe, holder, buy, told, deliver_webhooks, time_machine
):
    subscription = buy(holder, "pro")
    stripe.advance(11 * DAY + 60)
    lost = stripe.pending_deliveries()
    time_machine.move_to(subscription.trial_end - timedelta(days=2))

    with committed():
        tasks.tell_daily_news()
        tasks.tell_daily_news()
    time_machine.move_to(timezone.now() - timedelta(days=12))
    for signed in lost:
        post_signed(signed)

    assert told("owner@example.com") == [f"Your trial of Pro ends on {day(subscription.trial_end)}"]


def test_a_trial_far_from_its_end_is_not_announced(holder, told):
    SubscriptionFactory(holder=holder, trialing=True)

    with committed():
        tasks.tell_daily_news()

    assert told("owner@example.com") == []


def test_a_cancelled_trial_is_not_announced_again(stripe, holder, buy, owner_client, told, deliver_webhooks):
    subscription = buy(holder, "pro")
    owner_client.post(billing_url("cancel", holder))

    stripe.advance(11 * DAY + 60)
    deliver_webhooks()

    assert told("owner@example.com") == [f"Your plan Pro ends on {day(subscription.trial_end)}"]


def test_an_announcement_of_a_trial_that_was_extended_since_mails_nobody(
    stripe, holder, buy, told, deliver_webhooks
):
    subscription = buy(holder, "pro")
    stripe.advance(11 * DAY + 60)
    with stripe:
        later = stripe.get(subscription.stripe_id)["trial_end"] + 30 * DAY
        stripe.update(stripe.get(subscription.stripe_id), trial_end=later)

    deliver_webhooks()

    assert told("owner@example.com") == []


def test_cancelling_is_confirmed_and_the_end_is_told_to_payer_and_operators(
    stripe, holder, buy, owner_client, told, deliver_webhooks, mailoutbox
):
    subscription = buy(holder, "starter")
    owner_client.post(billing_url("cancel", holder))
    ends_at = current(holder).ends_at
    deliver_webhooks()

    stripe.advance(32 * DAY)
    deliver_webhooks()

    assert told("owner@example.com") == [
        f"Your plan Starter ends on {day(ends_at)}",
        "Your plan Starter has ended",
    ]
    assert told("ops@example.com") == [f"Subscription cancelled: {holder_label(holder)}, Starter"]
    report = next(mail for mail in mailoutbox if mail.to == ["ops@example.com"]).body
    assert "$29.00 a month" in report
    assert subscription.stripe_id in report


def test_the_end_is_told_whatever_brings_the_news(stripe, holder, buy, told):
    subscription = buy(holder, "starter")
    with stripe:
        stripe.update(stripe.get(subscription.stripe_id), status="canceled", ended_at=stripe.now())

    with committed():
        sync.sync_customer(subscription.stripe_customer_id)
        sync.sync_customer(subscription.stripe_customer_id)

    assert told("owner@example.com") == ["Your plan Starter has ended"]


def test_an_end_long_ago_is_no_news(stripe, holder, buy, told):
    subscription = buy(holder, "starter")
    with stripe:
        long_ago = stripe.now() - 4 * DAY
        stripe.update(stripe.get(subscription.stripe_id), status="canceled", ended_at=long_ago)

    with committed():
        sync.sync_customer(subscription.stripe_customer_id)

    assert told("owner@example.com") == []


def test_late_news_of_one_that_was_replaced_mails_nobody(stripe, holder, buy, told, mailoutbox):
    old = buy(holder, "starter")
    with stripe:
        stripe.update(stripe.get(old.stripe_id), status="canceled", ended_at=stripe.now())
        stripe.emit("customer.subscription.deleted", stripe.get(old.stripe_id))
    late = stripe.pending_deliveries()
    buy(holder, "pro")
    mailoutbox.clear()

    for signed in late:
        assert post_signed(signed).status_code == 200

    assert current(holder).plan_slug == "pro"
    assert mailoutbox == []


def test_a_plan_kept_before_the_mail_could_leave_mails_nobody(
    stripe, holder, buy, owner_client, told, mail_server
):
    buy(holder, "starter")
    mail_server.away = True
    owner_client.post(billing_url("cancel", holder))
    owner_client.post(billing_url("resume", holder))

    mail_server.away = False
    Notice.objects.update(due_at=timezone.now())
    tasks.send_waiting_notices()

    assert told("owner@example.com") == []


def test_an_unpaid_plan_ends_with_the_reason(stripe, holder, buy, fail_renewal, mailoutbox, deliver_webhooks):
    subscription = buy(holder, "starter")
    fail_renewal(subscription, times=9)

    for _retry in range(4):
        stripe.advance(5 * DAY)
        deliver_webhooks()

    ended = next(mail for mail in mailoutbox if mail.subject == "Your plan Starter has ended")
    assert "because the last invoice was not paid" in ended.body
    assert "is on Free now" in ended.body


def test_a_card_that_expires_this_month_is_told_once(stripe, holder, buy, told, mailoutbox):
    subscription = buy(holder, "starter")
    card = PaymentMethod.objects.get(id=subscription.payment_method_id)
    now = timezone.now()
    card.stripe_data["card"] |= {"exp_year": now.year, "exp_month": now.month}
    card.save()

    with committed():
        tasks.tell_daily_news()
        tasks.tell_daily_news()

    assert told("owner@example.com") == ["Visa ending in 4242 expires this month"]


def as_sepa_debit(card):
    """The same payment method, as if it were a European account instead of a card."""
    account = {
        "bank_code": "37040044",
        "branch_code": "",
        "country": "DE",
        "fingerprint": "f",
        "last4": "3000",
    }
    kept = {name: value for name, value in card.items() if name != "card"}
    return {**kept, "type": "sepa_debit", "sepa_debit": {**account, "generated_from": None}}


def test_what_failed_is_called_by_its_name_when_it_is_no_card(stripe, holder, buy, fail_renewal):
    subscription = buy(holder, "starter")
    fail_renewal(subscription)
    with stripe:
        (intent,) = stripe.where("payment_intent", status="requires_payment_method")
        debit = as_sepa_debit(intent["last_payment_error"]["payment_method"])
        error = {**intent["last_payment_error"], "payment_method": debit}
        stripe.update(intent, last_payment_error=error)
    PaymentMethod.objects.filter(id=subscription.payment_method_id).update(stripe_data=debit)

    words = payment_failed(Notice.objects.get(kind=Notice.Kind.PAYMENT_FAILED))

    assert words is not None
    assert words["payment_method"] == "SEPA Direct Debit ending in 3000"
