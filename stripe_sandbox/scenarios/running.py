"""Run a scenario and say what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from stripe_sandbox.scenarios.backstage import Backstage
from stripe_sandbox.scenarios.history import history_of
from stripe_sandbox.scenarios.places import own_world
from stripe_sandbox.scenarios.products import prepare
from stripe_sandbox.scenarios.scenario import Scenario
from stripe_sandbox.scenarios.stage import DAY, Stage


@dataclass(frozen=True)
class Told:
    """What Stripe holds when a story has been told: plain data, oldest first."""

    slug: str
    customer: dict[str, Any]
    subscriptions: list[dict[str, Any]]
    invoices: list[dict[str, Any]]
    events: list[dict[str, Any]]
    surprises: list[str] = field(default_factory=list)

    @property
    def event_types(self) -> list[str]:
        return [event["type"] for event in self.events]

    @property
    def dated_types(self) -> list[str]:
        """With the day of the story: `invoice.paid@31`."""
        began = self.events[0]["created"] if self.events else 0
        return [f"{event['type']}@{(event['created'] - began) // DAY}" for event in self.events]


def run(
    scenario: Scenario,
    api: Any = None,
    backstage: Backstage | None = None,
    after_step: Callable[[Stage], None] = lambda stage: None,
    keep: bool = True,
) -> Told:
    """Tell it with a new customer; without `api` in a world of its own.

    `keep=False` deletes the customer and its clock afterwards.
    """
    if api is None:
        with own_world() as place:
            return run(scenario, place.api, place.backstage, after_step, keep)
    prepare(api)
    stage = set_the_stage(scenario, api, backstage)
    stage.after_step = after_step
    try:
        scenario.tell(stage)
        after_step(stage)
        return look_back(scenario, stage)
    finally:
        if not keep:
            api.test_helpers.test_clocks.delete(stage.clock)


def set_the_stage(scenario: Scenario, api: Any, backstage: Backstage | None = None) -> Stage:
    moment = int(scenario.began.timestamp())
    clock = api.test_helpers.test_clocks.create({"frozen_time": moment, "name": scenario.slug}).id
    card = paying_with(scenario.card)
    params = {"test_clock": clock, "name": "Ada Example", "email": "ada@example.com", **card}
    return Stage(api, api.customers.create(params).id, clock, backstage=backstage)


def paying_with(card: str) -> dict[str, Any]:
    """Parameters of a new customer; without a card, none."""
    default = {"default_payment_method": card}
    return {"payment_method": card, "invoice_settings": default} if card else {}


def look_back(scenario: Scenario, stage: Stage) -> Told:
    api, of_customer = stage.api, {"customer": stage.customer, "limit": 100}
    told = Told(
        scenario.slug,
        api.customers.retrieve(stage.customer).to_dict(for_json=True),
        _plain(api.subscriptions.list({**of_customer, "status": "all"})),
        _plain(api.invoices.list(of_customer)),
        history_of(api, stage.customer),
    )
    told.surprises.extend(surprises(scenario, told, ordered=stage.backstage is not None))
    return told


def _plain(found: Any) -> list[dict[str, Any]]:
    return [entry.to_dict(for_json=True) for entry in reversed(found.data)]


def surprises(scenario: Scenario, told: Told, ordered: bool = True) -> list[str]:
    """Where the end is not what was expected, a sentence each.

    Stripe promises no order of events, and need not date them by the test clock.
    """
    ends = [subscription["status"] for subscription in told.subscriptions]
    invoices = [f"{invoice['status']} {invoice['total']}" for invoice in told.invoices]
    found = []
    if ends != list(scenario.ends):
        found.append(f"subscriptions are {_list(ends)}, expected {_list(scenario.ends)}")
    if invoices != list(scenario.invoices):
        found.append(f"invoices are {_list(invoices)}, expected {_list(scenario.invoices)}")
    if ordered:
        missing = first_missing(scenario.events, told.dated_types)
    else:
        missing = first_absent([type_of(wanted) for wanted in scenario.events], told.event_types)
    if missing:
        found.append(f"event {missing} did not come, or not in its place among {_list(scenario.events)}")
    return found


def first_missing(wanted: Iterable[str], came: list[str]) -> str | None:
    """The first of `wanted` ("type" or "type@day") that does not come after those before it."""
    rest = iter(came)
    return next((entry for entry in wanted if not any(entry in (it, type_of(it)) for it in rest)), None)


def type_of(entry: str) -> str:
    return entry.partition("@")[0]


def first_absent(wanted: Iterable[str], came: list[str]) -> str | None:
    """The first of `wanted` that came less often than it should."""
    return next(iter(Counter(wanted) - Counter(came)), None)


def _list(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
