"""Write docs/benchmarks.md from bench/results/*.json. `make bench` calls it at its end.

.venv/bin/python scripts/benchmarks.py           write it
.venv/bin/python scripts/benchmarks.py --check   exit 1 when it is not what the results say
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Made by `make bench` from [bench/results](../bench/results); do not edit. Each figure stands beside a baseline
that was measured in the same run, in turns: read the last columns, because machines differ.
[Testing](testing.md#measurements) says how. What may not grow (statements, calls to Stripe, bytes) stands in
[budgets.toml](../bench/budgets.toml), and CI fails when it does.
"""
COLUMNS = ("what", "here", "beside", "there", "here / there", "wished")
# In this order; subjects that are not named follow by their names.
TITLES = {
    "http": "Pages over HTTP",
    "answers": "Webhooks: answers over HTTP",
    "burst": "A burst: 1,000 events of 100 subscriptions, two workers",
    "gates": "Gates",
    "pages": "Pages in one process",
    "webhooks": "Webhooks in one process",
    "seats": "Seats",
    "reconcile": "Reconcile",
    "bootstrap": "Bootstrap",
    "login": "Does it tell who has an account?",
    "startup": "Start-up",
    "suite": "The test suite",
}
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main() -> int:
    wanted = page(RESULTS)
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(wanted)
    elif not PAGE.exists() or PAGE.read_text() != wanted:
        print("docs/benchmarks.md is not what bench/results say: run scripts/benchmarks.py")
        return 1
    return 0


def page(results: Path) -> str:
    found = sorted((json.loads(file.read_text()) for file in results.glob("*.json")), key=_place)
    return "\n".join([HEAD, *("\n".join(_section(result)) for result in found)])


def _place(result: dict[str, Any]) -> tuple[int, str]:
    kind = result["subject"].partition("-")[0]
    return (list(TITLES).index(kind) if kind in TITLES else len(TITLES), result["subject"])


def _section(result: dict[str, Any]) -> Iterator[str]:
    yield f"## {_title(result['subject'])}\n"
    facts = ", ".join(f"{name} {value}" for name, value in result["machine"].items())
    yield f"{result['date']}; {facts}.{' ' + result['note'] if result.get('note') else ''}\n"
    yield _line(COLUMNS)
    yield _line("---" for _column in COLUMNS)
    for figure in result["figures"]:
        yield _line(_cells(figure))
    yield ""


def _title(subject: str) -> str:
    kind, _, database = subject.partition("-")
    title = TITLES.get(kind, kind.capitalize())
    return f"{title}, on {DATABASES[database]}" if database in DATABASES else title


def _cells(figure: dict[str, Any]) -> Iterator[str]:
    yield figure["name"]
    yield f"{_number(figure['value'])} {figure['unit']}"
    yield figure["baseline"] or ""
    yield f"{_number(figure['baseline_value'])} {figure['unit']}" if figure["baseline"] else ""
    yield f"{figure['ratio']:.2f}" if figure["ratio"] is not None else ""
    yield str(figure["target"] or "")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:g}"


def _line(cells: Any) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
