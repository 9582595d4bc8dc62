"""The nightly comparison, with as many holders as are asked for on both sides."""

from __future__ import annotations

import copy
import time
import tracemalloc
from typing import Any

from django.db import connection

from apps.subscriptions import stripe_api
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import Subscription
from apps.subscriptions.services.reconcile import reconcile
from apps.teams.models import Team
from apps.users.models import CustomUser
from bench.results import Figure, beside, rounded
from bench.runner import Runner
from bench.shop import Shop
from stripe_sandbox.world import World

HOLDERS = 10_000
MOST_CALLS, MOST_SECONDS = 250, 60
AT_ONCE = 1_000


def run(runner: Runner, shop: Shop) -> None:
    runner.heading("Reconcile: one holder")
    bare = runner.measure("a page of Stripe's list alone", lambda: next(stripe_api.snapshots.list_pages()))
    runner.measure("everything compared", reconcile, beside=bare)
    if not connection.in_atomic_block:
        many(shop, runner)


def many(shop: Shop, runner: Runner) -> None:
    tell = runner.tell
    settle(shop.world, shop.subscription, HOLDERS // 10)
    few = _peak()
    settle(shop.world, shop.subscription, HOLDERS - HOLDERS // 10)
    began, began_work = time.perf_counter(), time.process_time()
    done = reconcile()
    seconds, work = time.perf_counter() - began, time.process_time() - began_work
    assert (done.found, done.error) == (0, ""), done
    assert done.calls <= MOST_CALLS, done.calls
    assert work < MOST_SECONDS, work  # on a machine that is busy with other things the rest is waiting
    calls = Figure(f"{done.holders:,} holders: calls", done.calls, "calls", target=f"at most {MOST_CALLS}")
    runner.keep(calls, f"  {done.holders:,} holders: {done.calls} calls, {done.found} differences")
    runner.keep(Figure(f"{done.holders:,} holders: CPU", rounded(work), "s", target=f"below {MOST_SECONDS}"))
    tell(f"          {seconds:.1f} s, of which this process worked {work:.1f} s, the sandbox's part included")
    memory = beside(f"{done.holders:,} holders: memory", _peak(), "MiB", "a tenth of them", few)
    runner.keep(
        memory, f"          memory at most {few:.1f} MiB with a tenth of them, {memory.value} MiB with all"
    )


def _peak() -> float:
    """MiB of Python's objects that a run needs at most, the sandbox's answers among them."""
    tracemalloc.start()
    try:
        reconcile()
        return tracemalloc.get_traced_memory()[1] / 1024 / 1024
    finally:
        tracemalloc.stop()


# A crowd -----------------------------------------------------------------------------------------------


def settle(world: World, like: Subscription, count: int) -> None:
    """`count` more holders, customers and subscriptions like this one, on both sides, as sync writes them."""
    former = holder_model()._default_manager.count()
    for first in range(former, former + count, AT_ONCE):
        holders = [_holder(number) for number in range(first, min(first + AT_ONCE, former + count))]
        holder_model()._default_manager.bulk_create(holders)
        _subscribe(world, like, holders)


def _holder(number: int) -> Any:
    words = {"stripe_customer_id": f"cus_crowd{number}"}
    if holder_model() is Team:
        return Team(name=f"Team {number}", slug=f"compared-{number}", **words)
    return CustomUser(email=f"compared-{number}@example.com", **words)


def _subscribe(world: World, like: Subscription, holders: list[Any]) -> None:
    customer, subscription = world.get(like.stripe_customer_id), world.get(like.stripe_id)
    assert customer is not None
    assert subscription is not None
    with world:
        for holder in holders:
            name = holder.stripe_customer_id.removeprefix("cus_")
            world.add(_customer_like(customer, holder))
            world.add(_subscription_like(subscription, name))
    _write_rows(like, holders)


def _customer_like(customer: dict[str, Any], holder: Any) -> dict[str, Any]:
    metadata = {"djstripe_subscriber": str(holder.pk)}
    return {**copy.deepcopy(customer), "id": holder.stripe_customer_id, "metadata": metadata}


def _subscription_like(subscription: dict[str, Any], name: str) -> dict[str, Any]:
    made = {**copy.deepcopy(subscription), "id": f"sub_{name}", "customer": f"cus_{name}"}
    made["items"]["data"][0]["id"] = f"si_{name}"
    made["items"]["data"][0]["subscription"] = made["id"]
    made["items"]["data"][0]["quantity"] = 1
    return made


def _write_rows(like: Subscription, holders: list[Any]) -> None:
    former = {field.attname: getattr(like, field.attname) for field in Subscription._meta.concrete_fields}
    del former["id"]
    rows = []
    for holder in holders:
        name = holder.stripe_customer_id.removeprefix("cus_")
        ids = {
            "holder_id": holder.pk,
            "stripe_id": f"sub_{name}",
            "stripe_customer_id": f"cus_{name}",
            "plan_item_id": f"si_{name}",
        }
        rows.append(Subscription(**{**former, **ids, "quantity": 1}))
    Subscription.objects.bulk_create(rows)
