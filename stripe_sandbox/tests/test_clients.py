"""Clients that others wrote find Stripe here: two majors of stripe-python, and (opt-in) Stripe's own CLI.

The CLI: STRIPE_CLI=/path/to/stripe .venv/bin/python -m pytest -m stripe_cli stripe_sandbox
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import stripe

from stripe_sandbox.tests import next_client
from stripe_sandbox.tests.shop import KEY

ROOT = next_client.ROOT
STORY = {
    "card": "4242",
    "bought": ["active", "paid", 6000],
    "changed": 5,
    "ended": "canceled",
    "listed": [*(f"person-{number}@example.com" for number in (2, 1, 0)), "ada@example.com"],
    "found": ["ada@example.com"],
    "canceled": 1,
    "refused": [404, "resource_missing", "id"],
    "heard": ["customer.created", "2026-08-26.dahlia"],
    "forged": "refused",
}


@pytest.fixture
def live(stripe_sandbox, demo_world):
    """A server that delivers as it goes."""
    demo_world.courier.mode = "immediate"
    return stripe_sandbox.url


def told_by(url: str, *path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "stripe_sandbox.tests.client_story", url]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_products_client_lives_a_customers_year(live):
    told = told_by(live)

    assert told == {"client": stripe.VERSION, **STORY}


def test_the_next_major_of_that_client_lives_the_same_year(live):
    told = told_by(live, next_client.folder())

    assert told["client"].startswith("16.")
    assert told == {"client": told["client"], **STORY}


@pytest.fixture
def cli(live, tmp_path):
    """`cli("get", "/v1/...", "-d", "limit=1")` answers the CLI's JSON."""
    binary = os.environ.get("STRIPE_CLI")
    assert binary, "Say where Stripe's CLI is: STRIPE_CLI=/path/to/stripe"

    def call(*arguments: str) -> Any:
        common = ["--api-base", live, "--api-key", KEY]
        env = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
        done = subprocess.run(
            [binary, *arguments, *common], env=env, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return call


@pytest.mark.stripe_cli
def test_stripes_own_command_line_reads_and_writes(cli):
    made = cli("post", "/v1/customers", "-d", "email=ada@example.com", "-d", "metadata[team]=7")

    read = cli("get", f"/v1/customers/{made['id']}")
    listed = cli("get", "/v1/customers", "--limit", "1")

    assert (read["email"], read["metadata"]) == ("ada@example.com", {"team": "7"})
    assert [one["id"] for one in listed["data"]] == [made["id"]]
