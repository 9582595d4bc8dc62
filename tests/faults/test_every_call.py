"""Each call of each flow fails in each way: nothing is doubled or lost, and people hear what to do."""

from __future__ import annotations

import pytest

from tests.faults import buying, changing, machines, seats, staff
from tests.faults.flows import Report, is_chosen, run
from tests.faults.requests import REQUESTS

pytestmark = pytest.mark.django_db

ALL = [*buying.FLOWS, *changing.FLOWS, *seats.FLOWS, *staff.FLOWS, *machines.FLOWS]
FLOWS = [
    pytest.param(flow, id=flow.name, marks=[pytest.mark.team_holder] if flow.team_only else [])
    for flow in ALL
]


@pytest.mark.parametrize("flow", FLOWS)
def test_one_call_fails(stage, flow):
    tell(run(flow, stage, is_chosen))


@pytest.mark.chaos
@pytest.mark.parametrize("flow", FLOWS)
def test_one_call_fails_in_every_way(stage, flow):
    tell(run(flow, stage, lambda number, trouble: True))


def tell(report: Report) -> None:
    print(f"{report.flow}: {report.positions} calls, {report.faults} faults")  # noqa: T201 - the table
    missing = [call for call, flow in REQUESTS.values() if flow == report.flow and call not in report.asked]
    assert not missing, f"{report.flow} does not ask {missing}: see requests.py"
    assert not report.failures, "\n".join(report.failures)
