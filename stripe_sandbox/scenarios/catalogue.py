"""All scenarios by slug."""

from __future__ import annotations

import difflib

from stripe_sandbox.scenarios import changes, endings, hosted, money, payments, trials
from stripe_sandbox.scenarios.scenario import Scenario

CHAPTERS = [module.chapter for module in (trials, payments, changes, endings, money, hosted)]
CATALOGUE = {scenario.slug: scenario for chapter in CHAPTERS for scenario in chapter.scenarios}


class UnknownScenario(LookupError):
    """The message names the near ones."""


def find(slug: str) -> Scenario:
    if slug in CATALOGUE:
        return CATALOGUE[slug]
    near = difflib.get_close_matches(slug, CATALOGUE, 3, 0.4)
    near += [known for known in CATALOGUE if slug in known and known not in near]
    hint = f" Near: {', '.join(near)}." if near else ""
    raise UnknownScenario(f"There is no scenario {slug}.{hint}")


def for_state(state: str) -> Scenario:
    """The story that a team of the demo (`state-past-due`) has lived."""
    return next(scenario for scenario in CATALOGUE.values() if state in scenario.states)
