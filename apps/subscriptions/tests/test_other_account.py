"""A key of another account was put in: it finds none of our customers, and takes nothing from anybody."""

from __future__ import annotations

import pytest
from djstripe.models import Account, Customer

from apps.subscriptions import sync
from apps.subscriptions.doctor.account import check_account
from apps.subscriptions.doctor.at_stripe import AtStripe
from apps.subscriptions.errors import SetupRefused
from apps.subscriptions.models import Drift
from apps.subscriptions.services.reconcile import mend
from apps.subscriptions.tests.conftest import current, gate_is_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign_key(stripe, api, holder, buy):
    """Our customer belongs to another account than the key, which does not know it."""
    row = buy(holder, "starter")
    other = Account.objects.create(id="acct_other")
    Customer.objects.filter(id=row.stripe_customer_id).update(djstripe_owner_account=other)
    api.customers.delete(row.stripe_customer_id)
    stripe.pending_deliveries()
    return row


def test_reading_a_customer_back_ends_nothing(foreign_key, holder, owner_client):
    with pytest.raises(SetupRefused, match="acct_other"):
        sync.sync_customer(foreign_key.stripe_customer_id)

    holder.refresh_from_db()
    assert holder.stripe_customer_id == foreign_key.stripe_customer_id
    assert current(holder).is_live
    assert gate_is_open(owner_client, holder)


def test_the_doctor_says_that_the_customers_are_of_another_account(foreign_key):
    (finding,) = check_account(AtStripe())

    assert finding.level == "fail"
    assert "acct_other" in finding.text


@pytest.mark.parametrize("kind", ["missed-news", "missing-customer", "missing-subscription"])
def test_a_difference_that_a_person_mends_says_why_and_stays(foreign_key, holder, kind):
    drift = Drift.objects.create(
        kind=kind, subject=foreign_key.stripe_id, customer_id=foreign_key.stripe_customer_id, holder=holder
    )

    assert not mend(drift, by=None)

    assert "acct_other" in drift.error
    assert current(holder).is_live
