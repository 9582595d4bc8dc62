"""Invoices go where the people who pay read them."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.core import mail

from apps.subscriptions import tasks
from apps.subscriptions.tests.conftest import calls, choose, committed
from apps.teams.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def move_to(user, address: str) -> None:
    """What allauth does once the new address is verified."""
    new = EmailAddress.objects.create(user=user, email=address, verified=True)
    with committed():
        new.set_as_primary()
        email_changed.send(type(user), request=None, user=user, from_email_address=None, to_email_address=new)


@pytest.fixture
def customer(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    holder.refresh_from_db()

    def at_stripe() -> dict:
        return stripe.get(holder.stripe_customer_id)

    return at_stripe


def test_the_customer_carries_the_buyers_address_and_the_holders_name(customer, owner):
    assert customer()["email"] == "owner@example.com"
    assert customer()["name"] != ""


def test_a_new_verified_address_of_the_billing_contact_reaches_stripe(customer, owner):
    move_to(owner, "new@example.com")

    assert customer()["email"] == "new@example.com"


def test_typed_on_the_page_it_waits_until_it_is_confirmed_and_the_old_address_is_told(
    customer, owner, owner_client
):
    with committed():
        owner_client.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    before = customer()["email"]
    (confirm,) = re.findall(r"/accounts/confirm-email/\S+", mail.outbox[-1].body)

    with committed():
        owner_client.post(confirm)

    owner.refresh_from_db()
    assert before == "owner@example.com"
    assert customer()["email"] == owner.email == "new@example.com"
    told = {message.subject: message.to for message in mail.outbox}
    assert told["Your email address was changed"] == ["owner@example.com"]


@pytest.mark.team_holder
def test_a_team_that_nobody_gets_invoices_for_keeps_its_last_address(customer, holder):
    with committed():
        holder.billing_contact, holder.name = None, "Renamed"
        holder.save()
    tasks.push_billing_address(str(holder.pk))

    assert (customer()["email"], customer()["name"]) == ("owner@example.com", "Renamed")


def test_with_stripe_away_changing_the_address_works_all_the_same(stripe, customer, owner):
    stripe.faults.add({"match": {"method": "POST", "path": "/v1/customers/*"}, "times": None, "status": 500})

    move_to(owner, "new@example.com")

    owner.refresh_from_db()
    assert owner.email == "new@example.com"


def test_an_address_that_stripe_could_not_take_is_told_by_the_next_hourly_run(
    stripe, holder, buy, owner, deliver_webhooks
):
    subscription = buy(holder, "starter")
    stripe.faults.add({"match": {"method": "POST", "path": "/v1/customers/*"}, "times": None, "status": 500})
    move_to(owner, "new@example.com")

    stripe.faults.clear()
    tasks.sync_subscriptions()

    assert stripe.get(subscription.stripe_customer_id)["email"] == "new@example.com"
    deliver_webhooks()
    before = len(calls(stripe, "POST", f"/v1/customers/{subscription.stripe_customer_id}"))
    tasks.sync_subscriptions()
    assert len(calls(stripe, "POST", f"/v1/customers/{subscription.stripe_customer_id}")) == before


@pytest.mark.team_holder
def test_a_plain_members_address_is_nobodys_invoice(customer, holder):
    member = MembershipFactory(team=holder).user

    move_to(member, "else@example.com")

    assert customer()["email"] == "owner@example.com"


def test_a_fixed_address_and_a_new_name_reach_stripe(customer, holder):
    holder.billing_email = "invoices@example.com"
    holder.name = "Renamed"
    with committed():
        holder.save()

    assert (customer()["email"], customer()["name"]) == ("invoices@example.com", "Renamed")
