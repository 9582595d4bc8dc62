"""docs/benchmarks.md says what was measured, and nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from django.conf import settings

from bench import results
from bench.results import Figure, beside

sys.path.insert(0, str(Path(settings.BASE_DIR) / "scripts"))

import benchmarks


def test_the_page_is_what_the_results_say() -> None:
    assert benchmarks.PAGE.read_text() == benchmarks.page(benchmarks.RESULTS), "run scripts/benchmarks.py"


def test_what_is_kept_becomes_a_line_with_its_baseline(tmp_path: Path) -> None:
    figures = [
        beside("PostgreSQL, 4 senders", 1234.5678, "answers/s", "bare", 2000.0, "at least 0.5 x"),
        Figure("errors", 0, "answers", target="0"),
    ]

    results.write("answers", figures, note="A busy machine.", folder=tmp_path)

    page = benchmarks.page(tmp_path)
    assert "## Webhooks: answers over HTTP" in page
    assert "A busy machine." in page
    assert (
        "| PostgreSQL, 4 senders | 1,235 answers/s | bare | 2,000 answers/s | 0.62 | at least 0.5 x |" in page
    )
    assert "| errors | 0 answers |  |  |  | 0 |" in page


@pytest.mark.parametrize("file", sorted(results.FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_each_result_says_what_when_and_on_which_machine(file: Path) -> None:
    kept = json.loads(file.read_text())

    assert kept["subject"] == file.stem
    assert {"date", "machine", "figures"} <= set(kept)
    assert kept["figures"]
