"""`make bench` goes on working: each subject is measured once. How long it took is not looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.db import transaction

from apps.subscriptions.inbox import waiting_events
from bench import SUBJECTS
from bench.budgets import BUDGETS
from bench.http.results import figures
from bench.results import write
from bench.runner import Row, Runner
from bench.shop import Shop, open_shop
from stripe_sandbox.world import World


@pytest.fixture
def shop(stripe_world: World, db: None) -> Iterator[Shop]:
    with open_shop(stripe_world) as shop:
        yield shop


def measured(subject: str, shop: Shop) -> dict[str, Row]:
    told: list[str] = []
    runner = Runner(shop.world.requests, times=1, warm_up=0, tell=told.append)
    import_module(f"bench.{subject}").run(runner, shop)
    rows = {row.name: row for row in runner.rows}
    assert [name for name in rows if not any(name in line for line in told)] == []
    return rows


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_subject_runs_and_is_compared_with_something(subject: str, shop: Shop) -> None:
    rows = measured(subject, shop)

    assert len(rows) > 1
    assert any(row.beside for row in rows.values())


@pytest.mark.parametrize("subject", [name for name in SUBJECTS if name in BUDGETS])
def test_it_costs_no_more_statements_and_calls_than_its_budget(subject: str, shop: Shop) -> None:
    rows = measured(subject, shop)

    over = {
        name: f"{rows[name].queries} SQL, {rows[name].calls} Stripe: more than {most}"
        for name, most in BUDGETS[subject].items()
        if rows[name].queries > most["queries"] or rows[name].calls > most["calls"]
    }
    assert over == {}, "bench/budgets.toml says how much it may be"


def test_it_counts_what_our_inbox_asks_of_database_and_stripe(shop: Shop) -> None:
    rows = measured("webhooks", shop)

    answer = rows["our view: stored, queued, answered"]
    assert (answer.queries, answer.calls) == (1, 0)
    assert rows["dj-stripe's view, ten of one customer"].calls >= 10
    assert rows["our view and task, ten of one customer"].calls == 2
    assert not waiting_events(shop.subscription.stripe_customer_id).exists()


def test_statements_of_a_transaction_itself_are_not_counted(shop: Shop) -> None:
    def work() -> None:
        with transaction.atomic():
            type(shop.holder).objects.count()

    row = Runner(shop.world.requests, times=1, tell=str).measure("count", work)

    assert (row.queries, row.calls) == (1, 0)


def test_pages_over_http_are_kept_beside_their_baseline_and_target(tmp_path: Path) -> None:
    row = {
        "product": {"per_second": 120.0},
        "bare": {"per_second": 240.0},
        "share": 0.5,
        "at_least": 0.4,
        "is_signed_in": True,
    }

    write("http", figures({"dashboard": row}, 90.0, 60.0), folder=tmp_path / "results")

    told = json.loads((tmp_path / "results" / "http.json").read_text())
    page, memory = told["figures"]
    assert told["subject"] == "http"
    assert (page["name"], page["value"], page["baseline_value"]) == ("dashboard", 120.0, 240.0)
    assert (page["ratio"], page["target"], page["unit"]) == (0.5, "at least 40%", "requests/s")
    assert (memory["value"], memory["ratio"], memory["unit"]) == (90.0, 1.5, "MiB")
