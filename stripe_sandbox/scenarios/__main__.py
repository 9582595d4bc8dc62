"""`python -m stripe_sandbox.scenarios [SLUG ... | all] [--url ADDRESS] [--key sk_test_...] [--json]`"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from stripe import StripeError

from stripe_sandbox.scenarios.catalogue import CATALOGUE, UnknownScenario, find
from stripe_sandbox.scenarios.places import Place, WrongKey, at_sandbox, at_stripe, own_world
from stripe_sandbox.scenarios.running import Told, run
from stripe_sandbox.scenarios.scenario import Scenario
from stripe_sandbox.scenarios.telling import Narrator, as_data, conclude, heading, listing, table


def arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m stripe_sandbox.scenarios",
        description="List the scenarios, or run some. Exit code 1: one did not end as expected.",
    )
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="which to run, or `all`; none lists them")
    parser.add_argument("--url", help="a running sandbox (default: a world of its own in this process)")
    parser.add_argument("--key", help="a test key; without --url the stories run at the real Stripe")
    parser.add_argument("--json", action="store_true", help="what came of it, for machines")
    parser.add_argument(
        "--table", action="store_true", help="the catalogue in Markdown, for the documentation"
    )
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    options = arguments(given)
    if options.table or not options.slugs:
        print("\n".join(table() if options.table else listing()))
        return 0
    try:
        with place(options) as chosen:
            return tell_all(chosen_scenarios(options.slugs, chosen), chosen, options.json)
    except (UnknownScenario, WrongKey, StripeError) as error:
        print(error, file=sys.stderr)
        return 2


@contextmanager
def place(options: argparse.Namespace) -> Iterator[Place]:
    if options.url:
        yield at_sandbox(options.url, **({"key": options.key} if options.key else {}))
    elif options.key:
        yield at_stripe(options.key)
    else:
        with own_world() as world:
            yield world


def chosen_scenarios(slugs: list[str], place: Place) -> list[Scenario]:
    """Of `all`, the real Stripe leaves out what only the sandbox can tell; asked by name, that is refused."""
    if slugs == ["all"]:
        return [scenario for scenario in CATALOGUE.values() if place.is_sandbox or not scenario.local]
    found = [find(slug) for slug in slugs]
    for scenario in found:
        if scenario.local and not place.is_sandbox:
            raise UnknownScenario(f"{scenario.slug} needs the sandbox: the real Stripe cannot tell it.")
    return found


def tell_all(scenarios: list[Scenario], place: Place, as_json: bool) -> int:
    told = [tell(scenario, place, as_json) for scenario in scenarios]
    if as_json:
        data = [as_data(entry) for entry in told]
        print(json.dumps(data if len(data) > 1 else data[0], indent=2))
    else:
        surprising = sum(bool(entry.surprises) for entry in told)
        print(f"\n{len(told) - surprising} of {len(told)} ended as expected")
    return 1 if any(entry.surprises for entry in told) else 0


def tell(scenario: Scenario, place: Place, silent: bool) -> Told:
    if silent:
        return run(scenario, place.api, place.backstage)
    print(f"\n{heading(scenario)}")
    told = run(scenario, place.api, place.backstage, Narrator(print))
    conclude(told, print)
    return told


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `... all | head` ends without a traceback
    sys.exit(main())
