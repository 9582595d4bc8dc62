"""Each call of each flow fails in each way: nothing is doubled or lost, and people hear what to do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from tests.faults import buying, changing, drifts, machines, seats, staff
from tests.faults.figures import Figures
from tests.faults.flows import Report, is_chosen, run
from tests.faults.requests import FUNCTIONS, REQUESTS

pytestmark = pytest.mark.django_db

ALL = [*buying.FLOWS, *changing.FLOWS, *seats.FLOWS, *staff.FLOWS, *machines.FLOWS, *drifts.FLOWS]
FLOWS = [
    pytest.param(flow, id=flow.name, marks=[pytest.mark.team_holder] if flow.team_only else [])
    for flow in ALL
]


@pytest.mark.parametrize("flow", FLOWS)
def test_one_call_fails(stage, flow, record_property):
    tell(run(flow, stage, is_chosen), record_property)


@pytest.mark.chaos
@pytest.mark.parametrize("flow", FLOWS)
def test_one_call_fails_in_every_way(stage, flow, record_property):
    tell(run(flow, stage, lambda number, trouble: True), record_property)


def tell(report: Report, record_property: Any) -> None:
    record_property("faults", asdict(Figures.of(report)))
    missing = [call for call, flow in REQUESTS.values() if flow == report.flow and call not in report.asked]
    missing += [
        name for name, flow in FUNCTIONS.items() if flow == report.flow and name not in report.asked_by
    ]
    assert not missing, f"{report.flow} does not ask {missing}: see requests.py"
    assert not report.failures, "\n".join(report.failures)
