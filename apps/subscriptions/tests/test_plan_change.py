"""Another plan or interval, in the product: what it costs is shown first, and charged as shown."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import (
    calls,
    choose,
    current,
    invoices_of,
    open_session,
    signed_in,
    value_of,
)
from apps.subscriptions.tests.plan_change_story import (
    DAY,
    confirm,
    proof_in,
    refuse_payments,
    show,
    switch,
)
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
ASKS_THE_BANK = "4000002760003184"
TOTALS = {("pro", "year"): 200_00, ("starter", "month"): 29_00, ("starter", "year"): 290_00}


# Upgrades ----------------------------------------------------------------------------------------------


def test_an_upgrade_charges_to_the_cent_what_was_shown(stripe, pro, owner_client, deliver_webhooks):
    page = show(owner_client, pro, "starter", "year")
    shown = int(value_of(page, "change-preview"))
    stripe.advance(600)

    answer = confirm(owner_client, pro, "starter", "year", proof_in(page))

    row = current(pro)
    assert (row.plan_slug, row.interval, row.status) == ("starter", "year", "active")
    paid = invoices_of(stripe, row)[-1]
    assert (paid["status"], paid["amount_paid"]) == ("paid", shown)
    assert 270_00 < shown < 290_00  # a year of Starter less most of a month of Pro
    assert "You are on Starter now, paid yearly." in answer.content.decode()
    deliver_webhooks()
    assert current(pro).plan_slug == "starter"
    assert AuditEntry.objects.filter(action="subscription.plan_changed").count() == 1


def test_from_month_to_year_of_the_same_plan_is_now(stripe, pro, owner_client):
    shown = int(value_of(show(owner_client, pro, "pro", "year"), "change-preview"))

    switch(owner_client, pro, "pro", "year")

    row = current(pro)
    assert (row.plan_slug, row.interval, row.schedule_id) == ("pro", "year", "")
    assert invoices_of(stripe, row)[-1]["amount_paid"] == pytest.approx(shown, abs=1)


def test_the_page_itself_asks_stripe_nothing_and_the_fragment_once(stripe, pro, owner_client):
    before = len(stripe.requests.since(0))
    query = {"plan": "starter", "interval": "year"}

    page = owner_client.get(billing_url("change", pro), query)
    owner_client.head(billing_url("change", pro), {**query, "preview": "1"})
    assert len(stripe.requests.since(0)) == before
    assert "preview=1" in page.content.decode()
    assert value_of(page, "change-preview") is None

    fragment = owner_client.get(
        billing_url("change", pro), {**query, "preview": "1"}, headers={"HX-Request": "true"}
    )
    assert [call["path"] for call in stripe.requests.since(0)[before:]] == ["/v1/invoices/create_preview"]
    assert b"<html" not in fragment.content
    assert value_of(fragment, "change-confirm") == ""


def test_a_double_click_is_charged_once(stripe, pro, owner_client):
    proof = proof_in(show(owner_client, pro, "starter", "year"))
    before = len(invoices_of(stripe, current(pro)))

    confirm(owner_client, pro, "starter", "year", proof)
    second = confirm(owner_client, pro, "starter", "year", proof)

    assert len(invoices_of(stripe, current(pro))) == before + 1
    assert "You are on this plan already." in second.content.decode()


def test_without_a_preview_it_is_done_at_this_moment(stripe, pro, owner_client):
    confirm(owner_client, pro, "starter", "year")

    assert current(pro).plan_slug == "starter"
    (update,) = calls(stripe, "POST", f"/v1/subscriptions/{current(pro).stripe_id}")
    assert "proration_date" not in update["params"]


@pytest.mark.parametrize("proof", ["made-up", "1798000000", "\x00", "a" * 10_000])
def test_figures_we_did_not_sign_change_nothing(stripe, pro, owner_client, proof):
    answer = confirm(owner_client, pro, "starter", "year", proof)

    assert current(pro).plan_slug == "pro"
    assert "These figures are no longer right." in answer.content.decode()


def test_figures_older_than_an_hour_are_shown_anew(stripe, pro, owner_client, time_machine):
    proof = proof_in(show(owner_client, pro, "starter", "year"))
    time_machine.move_to(timezone.now() + timedelta(minutes=61))

    answer = confirm(owner_client, pro, "starter", "year", proof)

    assert current(pro).plan_slug == "pro"
    assert "Look at the new ones." in answer.content.decode()


def test_the_proof_of_one_plan_is_none_for_another(stripe, pro, owner_client):
    proof = proof_in(show(owner_client, pro, "starter", "month"))

    confirm(owner_client, pro, "starter", "year", proof)

    assert current(pro).plan_slug == "pro"


# A payment that does not go through --------------------------------------------------------------------


def test_a_declined_upgrade_keeps_the_old_plan_until_it_is_paid(
    stripe, pro, owner_client, deliver_webhooks, api
):
    proof = proof_in(show(owner_client, pro, "starter", "year"))
    refuse_payments(stripe, current(pro), times=1)

    answer = confirm(owner_client, pro, "starter", "year", proof)

    row = current(pro)
    assert (row.plan_slug, row.pending_plan_slug, row.pending_interval) == ("pro", "starter", "year")
    assert row.pending_until - timezone.now() > timedelta(hours=22)
    assert "waits for" in answer.content.decode()
    invoice = stripe.get(row.latest_invoice_id)
    assert invoice["hosted_invoice_url"] in answer.content.decode()

    api.invoices.pay(invoice["id"])
    deliver_webhooks()
    row = current(pro)
    assert (row.plan_slug, row.interval, row.pending_plan_slug) == ("starter", "year", "")


def test_an_upgrade_nobody_pays_is_dropped_after_a_day(stripe, pro, owner_client, deliver_webhooks):
    refuse_payments(stripe, current(pro))
    confirm(owner_client, pro, "starter", "year")
    waiting = current(pro).latest_invoice_id

    stripe.advance(DAY)
    deliver_webhooks()

    row = current(pro)
    assert (row.plan_slug, row.status, row.pending_plan_slug, row.pending_until) == (
        "pro",
        "active",
        "",
        None,
    )
    assert stripe.get(waiting)["status"] == "void"


def test_asking_again_for_what_waits_makes_no_second_invoice(stripe, pro, owner_client):
    refuse_payments(stripe, current(pro))
    confirm(owner_client, pro, "starter", "year")
    before = [invoice["id"] for invoice in invoices_of(stripe, current(pro))]

    answer = confirm(owner_client, pro, "starter", "year")

    assert [invoice["id"] for invoice in invoices_of(stripe, current(pro))] == before
    assert "waits for your payment" in answer.content.decode()


def test_keeping_the_plan_drops_the_change_that_waits(stripe, pro, owner_client):
    refuse_payments(stripe, current(pro))
    confirm(owner_client, pro, "starter", "year")
    waiting = current(pro).latest_invoice_id

    owner_client.post(billing_url("resume", pro))

    assert current(pro).pending_until is None
    assert stripe.get(waiting)["status"] == "void"


def test_a_bank_that_wants_to_hear_from_the_person_is_asked_on_stripes_page(
    stripe, holder, owner_client, deliver_webhooks
):
    choose(owner_client, holder, "starter")
    stripe.complete_checkout(open_session(holder), ASKS_THE_BANK, authenticated=True)
    deliver_webhooks()

    answer = confirm(owner_client, holder, "starter", "year")

    row = current(holder)
    assert (row.interval, row.pending_interval, row.status) == ("month", "year", "active")
    assert stripe.get(row.latest_invoice_id)["hosted_invoice_url"] in answer.content.decode()


def test_a_change_that_stripe_dropped_without_a_word_is_read_back(stripe, pro, owner_client, time_machine):
    refuse_payments(stripe, current(pro))
    confirm(owner_client, pro, "starter", "year")
    stripe.advance(DAY)
    stripe.pending_deliveries()  # lost on the way
    time_machine.move_to(current(pro).pending_until + timedelta(minutes=1))

    call_command("sync_subscriptions", stdout=StringIO())

    assert current(pro).pending_until is None


# In a trial --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("plan", "interval"), [("pro", "year"), ("starter", "month"), ("starter", "year")])
def test_in_a_trial_every_switch_is_free_at_once_and_the_trial_goes_on(
    stripe, holder, buy, owner_client, plan, interval
):
    trial_end = buy(holder, "pro").trial_end
    page = show(owner_client, holder, plan, interval)
    assert value_of(page, "change-preview") == "0"

    confirm(owner_client, holder, plan, interval, proof_in(page))

    row = current(holder)
    assert (row.plan_slug, row.interval, row.status) == (plan, interval, "trialing")
    assert row.trial_end == trial_end
    assert [invoice["total"] for invoice in invoices_of(stripe, row)] == [0]
    stripe.advance(15 * DAY)
    assert invoices_of(stripe, row)[-1]["total"] == TOTALS[plan, interval]


# Refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("past_due", "Pay the open invoice first"),
        ("unpaid", "Pay it first"),
        ("paused", "Add a card first"),
        ("incomplete", "Finish it before"),
        ("word_of_tomorrow", "a state we do not know"),
    ],
)
def test_in_a_state_that_has_to_be_mended_first_the_page_says_how(
    stripe, starter, owner_client, status, words
):
    row = current(starter)
    with stripe:
        stripe.update(stripe.get(row.stripe_id), status=status, _by_hand=True)

    answer = confirm(owner_client, starter, "pro", "year")

    assert words in answer.content.decode()
    assert calls(stripe, "POST", f"/v1/subscriptions/{row.stripe_id}") == []
    assert owner_client.get(
        billing_url("change", starter), {"plan": "pro", "interval": "year"}
    ).status_code in (200, 302)


def test_a_plan_that_ends_has_to_be_kept_first(stripe, starter, owner_client):
    owner_client.post(billing_url("cancel", starter))

    answer = confirm(owner_client, starter, "pro", "year")

    assert "Keep it first" in answer.content.decode()
    assert current(starter).plan_slug == "starter"


@pytest.mark.parametrize(
    ("plan", "interval"),
    [("platinum", "month"), ("pro", "decade"), ("enterprise", "month"), ("pro\x00", "month"), ("", "")],
)
def test_a_plan_that_is_not_sold_is_no_choice(stripe, starter, owner_client, plan, interval):
    before = len(stripe.requests.since(0))

    shown = owner_client.get(
        billing_url("change", starter), {"plan": plan, "interval": interval}, follow=True
    )
    done = confirm(owner_client, starter, plan, interval)

    for answer in (shown, done):
        assert answer.status_code == 200
        assert "There is no such plan." in answer.content.decode()
    assert len(stripe.requests.since(0)) == before


def test_the_free_plan_means_cancelling(stripe, starter, owner_client):
    answer = owner_client.get(billing_url("change", starter), {"plan": "free", "interval": "month"})

    assert answer["Location"] == billing_url("cancel", starter)


def test_without_a_subscription_there_is_nothing_to_change(stripe, holder, owner_client):
    chosen = owner_client.get(billing_url("change", holder), follow=True)
    done = confirm(owner_client, holder, "pro", "year")

    assert "Choose a plan below." in chosen.content.decode()
    assert "Choose a plan below." in done.content.decode()


def test_a_currency_the_plan_has_no_price_in_is_refused(stripe, starter, owner_client):
    row = current(starter)
    with stripe:
        stripe.update(stripe.get(row.stripe_id), currency="sek", _by_hand=True)

    answer = confirm(owner_client, starter, "pro", "year")

    assert "cannot be bought right now" in answer.content.decode()
    assert current(starter).plan_slug == "starter"


@pytest.mark.team_holder
def test_a_plan_too_small_for_the_team_is_refused(stripe, pro, owner_client):
    MembershipFactory.create_batch(3, team=pro)

    answer = confirm(owner_client, pro, "starter", "year")

    assert "Choose a larger one." in answer.content.decode()
    assert current(pro).plan_slug == "pro"


@pytest.mark.team_holder
def test_members_who_may_not_buy_may_not_change_either(stripe, starter):
    member = signed_in(MembershipFactory(team=starter, role=Role.MEMBER).user)

    assert member.get(billing_url("change", starter)).status_code == 403
    assert member.post(billing_url("change", starter), {"plan": "pro"}).status_code == 403


# Choosing ----------------------------------------------------------------------------------------------


def test_the_choice_marks_the_present_plan_and_offers_the_others(stripe, starter, owner_client):
    page = owner_client.get(billing_url("change", starter)).content.decode()

    assert "Your plan" in page
    assert f"{billing_url('change', starter)}?plan=pro&amp;interval=month" in page
    assert "plan=starter&amp;interval=month" not in page


def test_the_choice_asks_stripe_nothing(stripe, starter, owner_client):
    before = len(stripe.requests.since(0))

    owner_client.get(billing_url("change", starter), {"interval": "year"})

    assert len(stripe.requests.since(0)) == before
