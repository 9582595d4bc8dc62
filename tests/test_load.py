"""`make load` as a whole, small: it starts, people come, and what they did is true afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.team_holder]

ROOT = Path(__file__).resolve().parent.parent


def test_a_few_people_for_a_few_seconds() -> None:
    command = [sys.executable, "scripts/load.py", "--seconds", "15", "--users", "6"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=400,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All of it true, no request failed." in done.stdout
    for part in ("gated page", "accept", "invitation arrives", "events", "quantities told to Stripe"):
        assert part in done.stdout
