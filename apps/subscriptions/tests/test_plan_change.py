"""Another plan or interval, in the product: what it costs is shown first, and charged as shown."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.subscriptions import stripe_api
from apps.subscriptions.holders import billing_url
from apps.subscriptions.services.plan_change.phases import as_params
from apps.subscriptions.signals import subscription_synced
from apps.subscriptions.tests.conftest import calls, choose, current, open_session, signed_in, value_of
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory
from stripe_sandbox.hosted import portal_switch

pytestmark = pytest.mark.django_db
DAY = 86400
ASKS_THE_BANK = "4000002760003184"
TOTALS = {("pro", "year"): 200_00, ("starter", "month"): 29_00, ("starter", "year"): 290_00}


def show(client: Client, holder: Any, plan: str, interval: str = "month", **extra: Any) -> Any:
    query = {"plan": plan, "interval": interval, "preview": "1", **extra}
    return client.get(billing_url("change", holder), query)


def proof_in(response: Any) -> str:
    return re.search(r'name="proration_date" value="([^"]*)"', response.content.decode())[1]


def confirm(client: Client, holder: Any, plan: str, interval: str = "month", proof: str = "") -> Any:
    form = {"plan": plan, "interval": interval, "proration_date": proof}
    return client.post(billing_url("change", holder), form, follow=True)


def switch(client: Client, holder: Any, plan: str, interval: str = "month") -> Any:
    """Look, then agree."""
    return confirm(client, holder, plan, interval, proof_in(show(client, holder, plan, interval)))


def invoices_of(stripe: Any, row: Any) -> list[dict[str, Any]]:
    """Oldest first."""
    return stripe.where("invoice", customer=row.stripe_customer_id)


def refuse_payments(stripe: Any, row: Any, times: int = 9) -> None:
    stripe.decline_next_renewal(row.stripe_customer_id, times)


@pytest.fixture
def starter(stripe, holder, buy, deliver_webhooks):
    """Ten days into a month of Starter."""
    buy(holder, "starter")
    stripe.advance(10 * DAY)
    deliver_webhooks()
    return holder


@pytest.fixture
def pro(stripe, holder, buy, deliver_webhooks):
    """Some days into the first paid month of Pro."""
    buy(holder, "pro")
    stripe.advance(20 * DAY)
    deliver_webhooks()
    return holder


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


# Downgrades --------------------------------------------------------------------------------------------


def test_a_downgrade_waits_for_the_renewal_and_costs_nothing_today(
    stripe, holder, buy, owner_client, deliver_webhooks
):
    buy(holder, "starter", "year")
    ends = current(holder).current_period_end
    page = show(owner_client, holder, "starter", "month")
    assert value_of(page, "change-preview") == "0"

    confirm(owner_client, holder, "starter", "month", proof_in(page))
    deliver_webhooks()

    row = current(holder)
    assert (row.interval, row.next_plan_slug, row.next_interval) == ("year", "starter", "month")
    assert (row.next_change_at, row.next_quantity) == (ends, 1)
    assert row.schedule_id
    assert len(invoices_of(stripe, row)) == 1

    stripe.advance(366 * DAY)
    deliver_webhooks()
    row = current(holder)
    assert (row.interval, row.next_plan_slug, row.status) == ("month", "", "active")
    assert invoices_of(stripe, row)[-1]["total"] == 29_00


def test_a_cheaper_plan_of_the_same_length_waits_too(stripe, holder, buy, owner_client, deliver_webhooks):
    buy(holder, "starter")

    switch(owner_client, holder, "pro")  # one seat of Pro costs less than Starter

    row = current(holder)
    assert (row.plan_slug, row.next_plan_slug) == ("starter", "pro")
    stripe.advance(32 * DAY)
    deliver_webhooks()
    assert (current(holder).plan_slug, current(holder).trial_end) == ("pro", None)


def test_a_planned_change_can_be_taken_back(stripe, holder, buy, owner_client, deliver_webhooks):
    buy(holder, "starter", "year")
    switch(owner_client, holder, "starter", "month")

    owner_client.post(billing_url("resume", holder))

    row = current(holder)
    assert (row.schedule_id, row.next_plan_slug, row.next_change_at) == ("", "", None)
    stripe.advance(366 * DAY)
    deliver_webhooks()
    assert current(holder).interval == "year"


def test_cancelling_gives_a_planned_change_up(stripe, holder, buy, owner_client):
    buy(holder, "starter", "year")
    switch(owner_client, holder, "starter", "month")

    owner_client.post(billing_url("cancel", holder))

    row = current(holder)
    assert row.ends_at == row.current_period_end
    assert (row.schedule_id, row.next_plan_slug) == ("", "")


def test_an_upgrade_replaces_a_planned_downgrade(stripe, holder, buy, owner_client):
    buy(holder, "starter")
    switch(owner_client, holder, "pro")

    switch(owner_client, holder, "starter", "year")

    row = current(holder)
    assert (row.plan_slug, row.interval, row.next_plan_slug) == ("starter", "year", "")


def test_another_downgrade_replaces_the_first(stripe, holder, buy, owner_client):
    buy(holder, "starter", "year")
    switch(owner_client, holder, "starter", "month")

    switch(owner_client, holder, "pro", "month")

    row = current(holder)
    assert (row.next_plan_slug, row.next_interval) == ("pro", "month")
    assert len(stripe.all("subscription_schedule")) == 1


def test_the_same_downgrade_twice_is_one(stripe, holder, buy, owner_client):
    buy(holder, "starter", "year")
    switch(owner_client, holder, "starter", "month")

    answer = confirm(owner_client, holder, "starter", "month")

    assert "planned already" in answer.content.decode()
    assert len(stripe.all("subscription_schedule")) == 1


def test_a_coupon_goes_on_after_a_downgrade(stripe, holder, buy, owner_client, deliver_webhooks, api):
    row = buy(holder, "starter", "year")
    coupon = api.coupons.create({"percent_off": 50, "duration": "forever"}).id
    api.subscriptions.update(row.stripe_id, {"discounts": [{"coupon": coupon}]})

    switch(owner_client, holder, "starter", "month")
    stripe.advance(366 * DAY)
    deliver_webhooks()

    assert invoices_of(stripe, row)[-1]["total"] == 14_50


def tax_of(api: Any, percent: int) -> str:
    return api.tax_rates.create({"display_name": "VAT", "percentage": percent, "inclusive": False}).id


def test_tax_set_by_hand_goes_on_after_a_downgrade(stripe, holder, buy, owner_client, deliver_webhooks, api):
    row = buy(holder, "starter", "year")
    api.subscriptions.update(row.stripe_id, {"default_tax_rates": [tax_of(api, 10)]})

    switch(owner_client, holder, "starter", "month")
    stripe.advance(366 * DAY)
    deliver_webhooks()

    assert invoices_of(stripe, row)[-1]["total"] == 31_90


@pytest.mark.parametrize("tax", ["by_hand", "automatic"])
def test_a_phase_that_is_sent_again_says_the_same(holder, buy, api, tax):
    """Stripe forgets what a request leaves out."""
    row = buy(holder, "starter", "year")
    card = api.payment_methods.attach("pm_card_visa", {"customer": row.stripe_customer_id}).id
    coupon = api.coupons.create({"percent_off": 50, "duration": "forever"}).id
    taxes = {
        "by_hand": {"default_tax_rates": [tax_of(api, 10)]},
        "automatic": {"automatic_tax": {"enabled": True}},
    }
    address = {"country": "DE", "postal_code": "10115"}
    api.customers.update(row.stripe_customer_id, {"address": address})
    item = {"id": row.plan_item_id, "metadata": {"desk": "7"}}
    if tax == "by_hand":
        item["tax_rates"] = [tax_of(api, 20)]
    given = {
        "default_payment_method": card,
        "description": "By contract",
        "discounts": [{"coupon": coupon}],
        "items": [item],
        "metadata": {"contract": "A-1"},
        **taxes[tax],
    }
    api.subscriptions.update(row.stripe_id, given)
    schedule = stripe_api.schedules.create_for(row.stripe_id)

    sent = stripe_api.schedules.set_phases(schedule["id"], [as_params(phase) for phase in schedule["phases"]])

    assert sent["phases"] == schedule["phases"]


def test_add_ons_stay_beside_the_new_plan(stripe, holder, buy, owner_client, deliver_webhooks, api):
    row = buy(holder, "starter")
    price = api.prices.create(
        {
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Support"},
        }
    )
    api.subscription_items.create({"subscription": row.stripe_id, "price": price.id, "quantity": 2})

    switch(owner_client, holder, "pro")
    stripe.advance(32 * DAY)
    deliver_webhooks()

    items = stripe.get(row.stripe_id)["items"]["data"]
    assert {item["price"]: item["quantity"] for item in items if item["price"] == price.id} == {price.id: 2}
    assert current(holder).plan_slug == "pro"


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


# Other currencies, retired and unknown plans -----------------------------------------------------------


@pytest.fixture
def in_euros(stripe, holder, api):
    """Starter costs euros too, and is paid with them by the year; Pro does not."""
    for key, amount in (("starter-month", 27_00), ("starter-year", 270_00)):
        price = api.prices.list({"lookup_keys": [key]}).data[0].id
        api.prices.update(price, {"currency_options": {"eur": {"unit_amount": amount}}})
    call_command("bootstrap_subscriptions", stdout=StringIO())
    return holder


def pay_in_euros(stripe: Any, api: Any, holder: Any, client: Client, deliver: Any, key: str) -> None:
    """A subscription in euros, as Checkout or somebody at Stripe makes it."""
    choose(client, holder, "starter")
    holder.refresh_from_db()
    customer = holder.stripe_customer_id
    card = api.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    items = [{"price": api.prices.list({"lookup_keys": [key]}).data[0].id}]
    api.subscriptions.create(
        {"customer": customer, "items": items, "currency": "eur", "default_payment_method": card}
    )
    deliver()


def test_a_change_stays_in_the_currency_of_the_subscription(
    stripe, in_euros, api, owner_client, deliver_webhooks
):
    pay_in_euros(stripe, api, in_euros, owner_client, deliver_webhooks, "starter-month")
    page = show(owner_client, in_euros, "starter", "year")
    shown = int(value_of(page, "change-preview"))

    confirm(owner_client, in_euros, "starter", "year", proof_in(page))

    assert "€" in page.content.decode()
    paid = invoices_of(stripe, current(in_euros))[-1]
    assert (paid["currency"], paid["amount_paid"]) == ("eur", shown)
    refused = confirm(owner_client, in_euros, "pro", "year")
    assert "cannot be bought right now" in refused.content.decode()


def test_a_downgrade_stays_in_the_currency_of_the_subscription(
    stripe, in_euros, api, owner_client, deliver_webhooks
):
    pay_in_euros(stripe, api, in_euros, owner_client, deliver_webhooks, "starter-year")

    switch(owner_client, in_euros, "starter", "month")
    stripe.advance(366 * DAY)
    deliver_webhooks()

    renewal = invoices_of(stripe, current(in_euros))[-1]
    assert (renewal["currency"], renewal["total"]) == ("eur", 27_00)


def test_from_a_product_we_do_not_know_there_is_a_way_to_a_plan_we_sell(
    stripe, starter, owner_client, deliver_webhooks, api
):
    row = current(starter)
    recurring, product = {"interval": "month"}, {"name": "Old"}
    price = {"currency": "usd", "unit_amount": 500, "recurring": recurring, "product_data": product}
    item = {"id": row.plan_item_id, "price": api.prices.create(price).id}
    api.subscriptions.update(row.stripe_id, {"items": [item], "proration_behavior": "none"})
    deliver_webhooks()
    assert current(starter).plan_slug == ""

    switch(owner_client, starter, "pro")

    assert current(starter).plan_slug == "pro"


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


# Stripe's bad days -------------------------------------------------------------------------------------


def test_with_stripe_away_nothing_changes_and_a_retry_finishes(stripe, pro, owner_client):
    proof = proof_in(show(owner_client, pro, "starter", "year"))
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 503})

    answer = confirm(owner_client, pro, "starter", "year", proof)
    assert "does not answer right now" in answer.content.decode()
    assert current(pro).plan_slug == "pro"

    stripe.faults.clear()
    confirm(owner_client, pro, "starter", "year", proof)
    assert current(pro).plan_slug == "starter"


def test_with_stripe_away_the_preview_says_so_and_offers_to_try_again(stripe, pro, owner_client):
    stripe.faults.add({"match": {"path": "/v1/invoices/create_preview"}, "times": 1, "status": 500})

    page = show(owner_client, pro, "starter", "year")

    assert value_of(page, "change-confirm") is None
    assert "Try again" in page.content.decode()


def test_an_answer_lost_on_the_way_is_looked_up_and_charged_once(stripe, pro, owner_client):
    row = current(pro)
    path = f"/v1/subscriptions/{row.stripe_id}"
    before = len(invoices_of(stripe, row))
    stripe.faults.add({"match": {"method": "POST", "path": path}, "times": 1, "drop_response": True})

    answer = confirm(owner_client, pro, "starter", "year")

    assert "You are on Starter now, paid yearly." in answer.content.decode()
    assert current(pro).plan_slug == "starter"
    assert len(invoices_of(stripe, row)) == before + 1


def test_when_nobody_knows_whether_it_was_done_the_page_says_that(
    stripe, pro, owner_client, deliver_webhooks
):
    row = current(pro)
    path = f"/v1/subscriptions/{row.stripe_id}"
    stripe.faults.add({"match": {"method": "POST", "path": path}, "times": 1, "status": 500})

    answer = confirm(owner_client, pro, "starter", "year")

    assert "Trying again does not charge you twice." in answer.content.decode()


def test_somebody_who_was_faster_is_no_fault(stripe, pro, owner_client, api):
    """A second click reaches Stripe after the first has begun a new period: Stripe refuses its figures."""
    row = current(pro)
    price = next(p["id"] for p in stripe.all("price") if p["lookup_key"] == "starter-year")
    first = {"items": [{"id": row.plan_item_id, "price": price}], "proration_behavior": "always_invoice"}
    proof = proof_in(show(owner_client, pro, "starter", "year"))
    stripe.advance(60)

    def click(**kwargs: Any) -> None:
        subscription_synced.disconnect(click)
        api.subscriptions.update(row.stripe_id, first)

    subscription_synced.connect(click)
    answer = confirm(owner_client, pro, "starter", "year", proof)

    assert "You are on this plan already." in answer.content.decode()
    assert len(invoices_of(stripe, row)) == 3  # the trial's, the first month's, and the first click's


def test_a_downgrade_whose_last_answer_was_lost_is_looked_up(stripe, holder, buy, owner_client):
    buy(holder, "starter", "year")
    match = {"method": "POST", "path": "/v1/subscription_schedules/*"}
    stripe.faults.add({"match": match, "times": 1, "drop_response": True})

    answer = switch(owner_client, holder, "starter", "month")

    assert "From the next renewal you are on Starter, paid monthly." in answer.content.decode()
    assert current(holder).next_interval == "month"
    assert AuditEntry.objects.filter(action="subscription.plan_changed").count() == 1


@pytest.mark.parametrize("path", ["/v1/subscription_schedules", "/v1/subscription_schedules/*"])
def test_a_downgrade_whose_answer_was_lost_is_finished_by_a_retry(stripe, holder, buy, owner_client, path):
    buy(holder, "starter", "year")
    stripe.faults.add({"match": {"method": "POST", "path": path}, "times": 1, "drop_response": True})

    confirm(owner_client, holder, "starter", "month")
    confirm(owner_client, holder, "starter", "month")

    assert current(holder).next_interval == "month"
    assert len(stripe.all("subscription_schedule")) == 1


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


# In the Portal -----------------------------------------------------------------------------------------


def switch_in_the_portal(stripe: Any, client: Client, holder: Any, api: Any, lookup_key: str) -> None:
    session = client.post(billing_url("portal", holder))["Location"].rsplit("/", 1)[1]
    price = api.prices.list({"lookup_keys": [lookup_key]}).data[0].id
    portal_switch.change_plan(stripe, session, current(holder).stripe_id, price)


def test_an_upgrade_in_the_portal_arrives_alike(stripe, pro, owner_client, deliver_webhooks, api):
    switch_in_the_portal(stripe, owner_client, pro, api, "pro-year")

    deliver_webhooks()

    assert (current(pro).plan_slug, current(pro).interval) == ("pro", "year")


def test_a_downgrade_in_the_portal_waits_for_the_renewal_as_here(
    stripe, holder, buy, owner_client, deliver_webhooks, api
):
    buy(holder, "pro", "year")
    stripe.advance(20 * DAY)
    deliver_webhooks()
    switch_in_the_portal(stripe, owner_client, holder, api, "pro-month")

    owner_client.get(billing_url("portal_return", holder))

    row = current(holder)
    assert (row.interval, row.next_interval, row.next_change_at) == ("year", "month", row.current_period_end)
    owner_client.post(billing_url("resume", holder))
    assert current(holder).next_interval == ""


def test_a_phase_with_an_unknown_product_is_stored_without_a_plan(
    stripe, starter, owner_client, deliver_webhooks, api
):
    row = current(starter)
    price = api.prices.create(
        {
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Old"},
        }
    )
    schedule = api.subscription_schedules.create({"from_subscription": row.stripe_id})
    phase = schedule.phases[0]
    api.subscription_schedules.update(
        schedule.id,
        {
            "phases": [
                {
                    "items": [{"price": row.price_id, "quantity": 1}],
                    "start_date": phase.start_date,
                    "end_date": phase.end_date,
                },
                {"items": [{"price": price.id, "quantity": 1}]},
            ]
        },
    )

    deliver_webhooks()

    row = current(starter)
    assert (row.next_plan_slug, row.next_price_id, row.next_change_at) == (
        "",
        price.id,
        row.current_period_end,
    )
    assert owner_client.get(billing_url("tab", starter)).status_code == 200


def test_a_row_without_a_mirrored_price_can_be_looked_at(stripe, holder, owner_client):
    SubscriptionFactory(holder=holder, price_id="price_gone")

    page = owner_client.get(billing_url("change", holder), {"plan": "starter", "interval": "month"})

    assert page.status_code == 200
