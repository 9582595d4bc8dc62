"""`python -m stripe_sandbox.contract [--recorded FOLDER] [--junitxml FILE] [--part]`"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from stripe_sandbox import resources
from stripe_sandbox.api.calls import ROUTES
from stripe_sandbox.contract import description, recorded, report
from stripe_sandbox.contract.allowed import ALLOWED, Deviation, without_allowed
from stripe_sandbox.contract.checks import Contract, Found, Result
from stripe_sandbox.contract.explain import Violation


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m stripe_sandbox.contract",
        description="Check what was recorded against Stripe's published description.",
    )
    parser.add_argument("--recorded", type=Path, default=description.ROOT / "var" / "contract" / "recorded")
    parser.add_argument("--junitxml", type=Path)
    parser.add_argument("--part", action="store_true", help="not every test ran: judge no stale allowance")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    try:
        contract = Contract(description.load(), offered())
    except description.NoDescription as error:
        print(f"contract: {error}", file=sys.stderr)
        return 1
    seen = recorded.read(options.recorded)
    results = contract.check(seen)
    taken, stale = without_allowed(results, ALLOWED)
    if not options.part:
        results += [allowances(stale)] if ALLOWED else []
    for result in results:
        print("\n".join(report.lines(result)))
    print(
        f"contract: left out: {seen.count('by hand')} set by hand, {seen.count('injected')} injected faults"
    )
    print(f"contract: {taken} sightings fall under {len(ALLOWED)} known deviations (contract/allowed.py)")
    if options.junitxml:
        report.write_junit(options.junitxml, results)
    return 0 if all(result.ok for result in results) else 1


def offered() -> list[str]:
    resources.load()
    return list(ROUTES)


def allowances(stale: list[Deviation]) -> Result:
    found = [
        Found(
            "contract/allowed.py", Violation(entry.where, "", entry.problem, f"no longer needed: {entry.why}")
        )
        for entry in stale
    ]
    return Result("known deviations", len(ALLOWED), len(ALLOWED), found, "all needed")


if __name__ == "__main__":
    sys.exit(main())
