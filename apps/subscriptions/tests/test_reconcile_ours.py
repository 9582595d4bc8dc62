"""Whose a customer at Stripe is, as a comparison sees it: a holder's, one's who is gone, somebody else's."""

from __future__ import annotations

import uuid

import pytest
from djstripe.models import Account, Customer

from apps.core.models import AuditEntry
from apps.subscriptions.models import CheckoutAttempt
from apps.subscriptions.tests.conftest import current
from apps.subscriptions.tests.factories import make_holder
from apps.subscriptions.tests.test_reconcile import found, reconcile
from apps.teams import services

pytestmark = pytest.mark.django_db


def test_a_customer_of_a_holder_that_vanished_loses_its_mark(stripe, api):
    gone = uuid.uuid4()
    AuditEntry.objects.create(action="team.created", holder_id=gone)
    made = api.customers.create({"metadata": {"djstripe_subscriber": str(gone)}})

    assert found() == ["orphan-customer"]
    assert reconcile("--fix")[0] == 0
    assert stripe.get(made.id)["metadata"] == {"former_djstripe_subscriber": str(gone)}
    assert found() == []


@pytest.mark.team_holder
def test_a_team_that_was_deleted_leaves_no_difference(holder, owner, buy):
    buy(holder)
    services.delete_team(holder, by=owner)

    assert reconcile()[0] == 0


def test_holders_without_a_customer_are_no_difference(stripe, owner):
    make_holder(owner)

    assert reconcile()[0] == 0


def test_a_customer_of_a_vanished_holder_that_only_the_copy_knows_was_ours(stripe, api, holder, buy):
    buy(holder)
    gone = str(uuid.uuid4())
    made = api.customers.create({"metadata": {"djstripe_subscriber": gone}})
    assert found() == []

    Customer.objects.create(id=made.id, livemode=False, djstripe_owner_account=Account.objects.first())

    assert found() == ["orphan-customer"]


def test_a_row_of_a_former_customer_that_was_deleted_ends_on_request(stripe, api, holder, buy):
    row = buy(holder)
    type(holder)._default_manager.filter(pk=holder.pk).update(stripe_customer_id="")
    api.customers.delete(row.stripe_customer_id)
    stripe.pending_deliveries()

    assert found() == ["missed-news"]
    code, text = reconcile("--fix")
    assert code == 0, text
    assert current(holder).is_over


def test_a_payment_page_that_was_opened_just_now_is_no_difference(stripe, api, holder, buy):
    row = buy(holder)
    api.subscriptions.update(row.stripe_id, {"cancel_at_period_end": True})
    stripe.pending_deliveries()
    CheckoutAttempt.objects.create(holder=holder, plan_slug="pro", quantity=1, parameters={})

    assert found() == ["missed-news"]
