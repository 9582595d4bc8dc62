"""Between two of our statements somebody else is faster, or the process dies: nothing gets lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.subscriptions import inbox
from apps.subscriptions.errors import StripeUnavailable, SyncContention
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import Notice, Subscription, WebhookEvent
from apps.subscriptions.services import seats
from apps.subscriptions.services.customers import ensure_customer
from apps.subscriptions.tests.events import event

pytestmark = pytest.mark.django_db


@contextmanager
def just_before(statement: str, table: Any, do: Callable[[], object], has: str = "") -> Iterator[None]:
    """`do` once, right before the first such statement reaches the database."""
    begins = f'{statement} "{table._meta.db_table}"' if statement == "UPDATE" else statement
    waits = [do]

    def watch(execute: Any, sql: str, *args: Any) -> Any:
        if waits and sql.startswith(begins) and table._meta.db_table in sql and has in sql:
            waits.pop()()
        return execute(sql, *args)

    with connection.execute_wrapper(watch):
        yield
    assert not waits


def rows_of(holder: Any) -> Any:
    return holder_model()._default_manager.filter(pk=holder.pk)


def test_a_count_that_moves_after_it_was_counted_is_looked_at_again(holder, buy):
    buy(holder, "pro")
    holder.refresh_from_db()

    with just_before("SELECT", Subscription, rows_of(holder).get().billing_details_changed, "is_current"):
        seats.match_seats(holder)

    assert seats.waits_for_sync(rows_of(holder).get())


def test_a_customer_that_was_replaced_while_it_was_made_is_not_remembered(stripe, holder):
    def replaced() -> None:
        rows_of(holder).update(stripe_customers_replaced=1)

    with (
        just_before("UPDATE", type(holder), replaced, '"stripe_customer_id"'),
        pytest.raises(SyncContention),
    ):
        ensure_customer(holder)

    assert rows_of(holder).get().stripe_customer_id == ""
    assert ensure_customer(holder) != ""


def test_an_event_that_is_worked_in_the_moment_it_is_given_up_stays_worked(stripe, holder, buy):
    customer = buy(holder, "starter").stripe_customer_id
    inbox.store(event(customer=customer))
    rows = WebhookEvent.objects.filter(event_id="evt_1")
    rows.update(received_at=timezone.now() - timedelta(days=4))
    stripe.faults.add({"match": {"method": "GET", "path": "/v1/*"}, "times": None, "status": 500})

    def worked() -> None:
        rows.update(processed_at=timezone.now())

    with (
        just_before("UPDATE", WebhookEvent, worked, '"failed_at"'),
        pytest.raises(StripeUnavailable),
    ):
        inbox.work_customer(customer)

    assert rows.get().failed_at is None
    assert not Notice.objects.filter(kind=Notice.Kind.EVENT_GIVEN_UP).exists()


def test_an_event_that_kills_the_worker_is_counted_and_not_due_at_once(holder, buy):
    customer = buy(holder, "starter").stripe_customer_id
    inbox.store(event(customer=customer))

    def killed() -> None:
        raise SystemExit

    with just_before("SELECT", type(holder), killed, "sync_version"), pytest.raises(SystemExit):
        inbox.work_customer(customer)

    assert WebhookEvent.objects.get(event_id="evt_1").attempts == 1
    assert not inbox.due_events().exists()
