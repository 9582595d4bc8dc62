"""Subscriptions in the shapes of older and newer versions of Stripe's API, and as nobody expects them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.subscriptions import tasks
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import choose, committed, current, gate_is_open, value_of
from apps.subscriptions.tests.events import event, post
from apps.teams.tests.factories import MembershipFactory
from stripe_sandbox import patching

pytestmark = pytest.mark.django_db
DAY = 86400


def reshape(stripe: Any, row: Any, **changes: Any) -> None:
    """What Stripe answers from now on."""
    with stripe:
        patching.patch(stripe, row.stripe_id, changes)


def tell(secret: str, row: Any) -> Any:
    told = {"id": row.stripe_id, "object": "subscription", "customer": row.stripe_customer_id}
    return post(event(data={"object": told}), secret)


def day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


@pytest.mark.parametrize("shape", ["on the item", "on the subscription", "on both"])
def test_the_renewal_is_found_where_this_or_an_older_api_version_puts_it(
    stripe, secret, holder, owner_client, buy, shape
):
    row = buy(holder, "starter")
    start, end = int(time.time()) - DAY, int(time.time()) + 12 * DAY
    period = {"current_period_start": start, "current_period_end": end}
    other = {"current_period_start": start, "current_period_end": end + 99 * DAY}
    names = list(period)
    in_item = [f"items.data.0.{name}" for name in names]
    reshape(stripe, row, **{"$unset": [*names, *in_item]})
    if shape != "on the item":
        reshape(stripe, row, **(other if shape == "on both" else period))
    if shape != "on the subscription":
        (item,) = stripe.render(stripe.get(row.stripe_id))["items"]["data"]
        reshape(stripe, row, items={"data": [{**item, **period}]})

    answer = tell(secret, row)

    assert answer.status_code == 200
    assert gate_is_open(owner_client, holder)
    assert value_of(owner_client.get(billing_url("tab", holder)), "renewal-date") == day(end)


def test_without_any_period_pages_still_open(stripe, secret, holder, owner_client, buy, admin_client):
    row = buy(holder, "starter")
    names = ["current_period_start", "current_period_end"]
    reshape(stripe, row, **{"$unset": [*names, *[f"items.data.0.{name}" for name in names]]})

    answer = tell(secret, row)

    assert answer.status_code == 200
    assert gate_is_open(owner_client, holder)
    assert owner_client.get(billing_url("tab", holder)).status_code == 200
    assert owner_client.get(billing_url("change", holder)).status_code == 200
    listed = admin_client.get("/admin/subscriptions/subscription/")
    page = admin_client.get(f"/admin/subscriptions/subscription/{current(holder).pk}/change/")
    assert (listed.status_code, page.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("cancel_at", "at_period_end"), [("period end", False), ("", True), ("period end", True)]
)
def test_each_form_of_a_cancellation_ends_on_its_day_and_can_be_taken_back(
    stripe, secret, holder, owner_client, buy, cancel_at, at_period_end
):
    row = buy(holder, "starter")
    end = int(row.current_period_end.timestamp())
    reshape(stripe, row, cancel_at=end if cancel_at else None, cancel_at_period_end=at_period_end)

    tell(secret, row)

    page = owner_client.get(billing_url("tab", holder))
    assert value_of(page, "ends-on") == day(end)
    assert value_of(page, "renewal-date") is None
    assert value_of(page, "resume-plan") is not None
    assert gate_is_open(owner_client, holder)
    owner_client.post(billing_url("resume", holder))
    page = owner_client.get(billing_url("tab", holder))
    assert (value_of(page, "ends-on"), value_of(page, "renewal-date")) == (None, day(end))


@pytest.mark.team_holder
def test_what_is_metered_has_no_quantity_to_set_or_to_show(stripe, secret, holder, owner_client, buy, caplog):
    row = buy(holder, "pro")
    (item,) = stripe.render(stripe.get(row.stripe_id))["items"]["data"]
    item = {**item, "quantity": None}
    item["price"] = {**item["price"], "recurring": {**item["price"]["recurring"], "usage_type": "metered"}}
    reshape(stripe, row, items={"data": [item]}, **{"$unset": ["quantity"]})
    tell(secret, row)
    before = len(stripe.requests.since(0))

    with committed():
        MembershipFactory(team=holder)
    tasks.sync_subscriptions()

    assert [c for c in stripe.requests.since(0)[before:] if "subscription_items" in c["path"]] == []
    page = owner_client.get(billing_url("tab", holder)).content.decode()
    assert "0 seats" not in page
    assert "None" not in page


def test_no_items_at_all_is_a_plan_nobody_knows(stripe, secret, holder, owner_client, buy):
    row = buy(holder, "starter")
    reshape(stripe, row, items={"data": []})

    answer = tell(secret, row)

    assert answer.status_code == 200
    assert current(holder).plan_slug == ""
    assert owner_client.get(billing_url("tab", holder)).status_code == 200


@pytest.mark.parametrize("status", ["active", "word_of_tomorrow", "incomplete", "paused", "unpaid"])
def test_whatever_the_status_every_page_of_billing_answers(
    stripe, secret, holder, owner_client, buy, admin_client, status
):
    row = buy(holder, "starter")
    reshape(stripe, row, status=status, latest_invoice=None, default_payment_method=None)
    assert tell(secret, row).status_code == 200

    for page in ("tab", "change", "cancel", "portal_return", "next_invoice"):
        assert owner_client.get(billing_url(page, holder)).status_code in (200, 302), page
    assert choose(owner_client, holder, "pro").status_code in (200, 302)
    assert (
        admin_client.get(f"/admin/subscriptions/subscription/{current(holder).pk}/change/").status_code == 200
    )
