"""`make load` as a whole, small: it starts, people come, and what they did is true afterwards."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.chaos, pytest.mark.team_holder]

ROOT = Path(__file__).resolve().parent.parent
CERTAIN = ("landing", "sign in", "events")  # who does what else in so few seconds is left to chance


def test_a_few_people_for_a_few_seconds() -> None:
    command = [sys.executable, "scripts/load.py", "--seconds", "20", "--users", "6"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=400
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All of it true, no request failed." in done.stdout
    counted = {part: re.search(rf"^  {part} +([\d,]+)", done.stdout, re.M) for part in CERTAIN}
    assert [part for part, found in counted.items() if not found or found[1] == "0"] == [], done.stdout
