"""`python -m bench.suite`: the time of the last `make test`, from its reports."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from bench.results import Figure, rounded, write

REPORTS = Path(__file__).resolve().parent.parent / "var" / "reports"


def figures(reports: Path) -> list[Figure]:
    found = []
    for report in sorted(reports.glob("*.xml")):
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own file
            name = f"{report.stem}: {int(suite.get('tests', 0)):,} tests"
            found.append(Figure(name, rounded(float(suite.get("time", 0))), "s"))
    return found


if __name__ == "__main__":
    if found := figures(REPORTS):
        write("suite", found)
        for figure in found:
            print(f"  {figure.name}: {figure.value:g} s")
    else:
        print("  none: make test leaves reports in var/reports/")
