"""Each call of each flow fails in each way: nothing is doubled or lost, and people hear what to do."""

from __future__ import annotations

import pytest

from tests.faults import buying
from tests.faults.flows import Report, is_chosen, run

pytestmark = pytest.mark.django_db

FLOWS = [*buying.FLOWS]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_one_call_fails(stage, flow):
    tell(run(flow, stage, is_chosen))


@pytest.mark.chaos
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_one_call_fails_in_every_way(stage, flow):
    tell(run(flow, stage, lambda number, trouble: True))


def tell(report: Report) -> None:
    print(f"{report.flow}: {report.positions} calls, {report.faults} faults")  # noqa: T201 - the table
    assert not report.failures, "\n".join(report.failures)
